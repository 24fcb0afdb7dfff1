/** Signing in and out, and choosing a language. These run before anybody is known. */
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { record } from '#/plans/audit.ts';
import { Refusal } from '#/plans/errors.ts';
import { LOCALES } from '#/plans/reports/snapshot.ts';
import {
  closeSession,
  countTry,
  findPasswordHash,
  findPersonAtDoor,
  forgetTries,
  hashOfToken,
  openSession,
} from '#/plans/sign-in.ts';
import type { Work } from '#/plans/work.ts';
import { checkPassword } from '../passwords.ts';
import {
  clearSession,
  localeOf,
  newToken,
  refuseForgery,
  sessionOf,
  setLocale,
  setSession,
} from './identity.ts';
import { explain } from './problems.ts';
import { isSecure, type Services } from './services.ts';
import { pageData } from './shell.ts';

const SignIn = z.object({
  email: z.string().trim().toLowerCase().min(1).max(254),
  password: z.string().min(1).max(1000),
  next: z.string().optional(),
});

export function mountDoor(app: Express, services: Services) {
  app.get('/sign-in', (request, response) =>
    showForm(services, request, response, { email: '', next: placeIn(request.query.next), problem: null }),
  );

  app.post('/sign-in', async (request, response) => {
    refuseForgery(request);
    try {
      const { email, password, next } = SignIn.parse(request.body ?? {});
      await signIn(services, request, response, { email, password });
      response.redirect(303, placeIn(next));
    } catch (error) {
      const problem = explain(error, localeOf(request, null), services.templates.say);
      if (problem.status === 500) throw error;
      if (problem.status === 429) response.set('retry-after', '900');
      const { email, next } = (request.body ?? {}) as Record<string, unknown>;
      response.status(problem.status);
      showForm(services, request, response, {
        email: typeof email === 'string' ? email.slice(0, 254) : '',
        next: placeIn(next),
        problem,
      });
    }
  });

  app.post('/sign-out', async (request, response) => {
    refuseForgery(request);
    await endFormer(services, request);
    clearSession(response).redirect(303, '/sign-in');
  });

  app.post('/locale', (request, response) => {
    refuseForgery(request);
    const { locale, back } = z
      .object({ locale: z.enum(LOCALES), back: z.string().optional() })
      .parse(request.body ?? {});
    setLocale(response, locale);
    response.redirect(303, placeIn(back));
  });
}

async function signIn(
  services: Services,
  request: Request,
  response: Response,
  { email, password }: { email: string; password: string },
) {
  const { database, clock } = services;
  const now = clock();
  const address = request.ip ?? 'unknown';
  // The try is counted even when what follows fails, so it commits on its own.
  const tooMany = await database.atDoor({ email }, (door) => countTry(door, { email, address, now }));
  if (tooMany) throw new Refusal('too-many', 'sign-in.too-many');

  const person = await database.atDoor({ email }, (door) => findPersonAtDoor(door, email));
  const known = person
    ? await database.atDoor({ person: person.id }, (door) => findPasswordHash(door, person.id))
    : null;
  if (!(await checkPassword(known, password)) || !person)
    throw new Refusal('unauthenticated', 'sign-in.wrong');

  const token = newToken();
  const hash = hashOfToken(token);
  const opened = await database.atDoor({ person: person.id, hash }, async (door) => {
    await forgetTries(door, email);
    return openSession(door, { person: person.id, hash, address, now });
  });
  if (!opened) throw new Refusal('unauthenticated', 'sign-in.wrong');
  await endFormer(services, request);
  await noteSignIn(services, opened.provider, person, now);
  setSession(response, token, isSecure(services.settings));
}

/** A browser has one session: the one it had before goes. */
async function endFormer({ database }: Services, request: Request) {
  const token = sessionOf(request);
  if (!token) return;
  const hash = hashOfToken(token);
  await database.atDoor({ hash }, (door) => closeSession(door, hash));
}

async function noteSignIn(
  { database }: Services,
  provider: string,
  person: { id: string; name: string },
  now: Date,
) {
  const actor: Work['actor'] = {
    kind: 'person',
    id: person.id,
    name: person.name,
    role: 'service',
    scopes: [],
  };
  await database.inProvider(provider, [], (db) =>
    record({ db, provider, clients: [], actor, now, ...NOTHING_ELSE }, 'session.opened', {
      kind: 'person',
      id: person.id,
      client: null,
    }),
  );
}

/** Writing down a sign-in needs neither a queue nor a vault. */
const NOTHING_ELSE: Pick<Work, 'enqueue' | 'seal' | 'places'> = {
  enqueue: () => Promise.reject(new Error('Nothing is enqueued at the door.')),
  seal: () => {
    throw new Error('Nothing is sealed at the door.');
  },
  places: { sources: [], stores: [] },
};

function showForm({ templates }: Services, request: Request, response: Response, data: object) {
  const locale = localeOf(request, null);
  const title = templates.say(locale, 'sign-in.title');
  const html = templates.render('sign-in', locale, { ...pageData(request, locale, data), title });
  response.set('cache-control', 'no-store').type('html').send(html);
}

/** Only a place of ours: an address that leads elsewhere becomes the front page. */
function placeIn(next: unknown): string {
  const isOurs = typeof next === 'string' && /^\/(?![/\\])[^\\\r\n]*$/.test(next);
  return isOurs ? next : '/';
}
