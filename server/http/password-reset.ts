/** A forgotten password: asking for a link by mail, and following it. Whoever asks learns nothing of who has an account. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { record } from '#/plans/audit.ts';
import { invalid, notFound, Refusal } from '#/plans/errors.ts';
import { findOneselfAtDoor, findResetAtDoor, resetPassword } from '#/plans/password-resets.ts';
import { Email } from '#/plans/people.ts';
import { countWish, findPersonAtDoor, hashOfToken, listOwnProviders } from '#/plans/sign-in.ts';
import {
  LONGEST_PASSWORD,
  refuseWeakPassword,
  SHORTEST_PASSWORD,
  TypedPassword,
} from '../password-strength.ts';
import { hashPassword } from '../passwords.ts';
import type { NewPasswordView, ResetWishView } from '../views/sign-in.ts';
import { type Form, form } from '../views.ts';
import { asPerson, showAtDoor } from './at-door.ts';
import { localeOf, refuseForgery } from './identity.ts';
import { explain } from './problems.ts';
import type { Services } from './services.ts';

/** Longer than either way takes, so that the time says nothing either. */
const WISH_TAKES_MS = 250;

const Wish = z.object({ email: Email });
const Chosen = z.object({ password: TypedPassword, again: TypedPassword });

export function mountPasswordReset(app: Express, services: Services) {
  app.get('/forgotten', (request, response) => showWish(services, request, response, {}));

  app.post('/forgotten', async (request, response) => {
    refuseForgery(request);
    try {
      const { email } = Wish.parse(request.body ?? {});
      await Promise.all([wish(services, request, email), sleep(WISH_TAKES_MS)]);
      showWish(services, request, response, { isAsked: true });
    } catch (error) {
      showWish(services, request, response, { form: refused(services, request, response, error) });
    }
  });

  app.get('/reset/:token', (request, response) => showLink(services, request, response, form()));

  app.post('/reset/:token', async (request, response) => {
    refuseForgery(request);
    try {
      await follow(services, request);
      response.redirect(303, '/sign-in?done=password');
    } catch (error) {
      await showLink(services, request, response, refused(services, request, response, error));
    }
  });
}

/** Who is unknown, or has no access any more, is told the same, and no mail leaves. */
async function wish({ database, queue, clock }: Services, request: Request, email: string) {
  const now = clock();
  const address = request.ip ?? 'unknown';
  const tooMany = await database.atDoor({ email }, (door) => countWish(door, { email, address, now }));
  if (tooMany) throw new Refusal('too-many', 'sign-in.too-many');
  const person = await database.atDoor({ email }, (door) => findPersonAtDoor(door, email));
  if (!person) return;
  const [provider] = await database.atDoor({ person: person.id }, (door) =>
    listOwnProviders(door, person.id, now),
  );
  if (!provider) return;
  await database.inProvider(provider, [], (db) =>
    queue.add(db, provider, 'mail-reset', { person: person.id }),
  );
}

async function follow(services: Services, request: Request) {
  const { database, clock } = services;
  const hash = hashOf(request);
  const person = await findWhose(services, hash);
  if (!person) throw notFound('password-link');
  const { password, again } = Chosen.parse(request.body ?? {});
  if (again !== password) throw invalid('again', 'password.differs');
  await refuseWeakPassword(password, 'password', [person.email, person.name]);

  const passwordHash = await hashPassword(password);
  const now = clock();
  const providers = await database.atDoor({ hash, person: person.id }, async (door) => {
    await resetPassword(door, { hash, person, passwordHash, now });
    return listOwnProviders(door, person.id, now);
  });
  for (const provider of providers)
    await asPerson(services, provider, person, (work) =>
      record(work, 'password.reset', { kind: 'person', id: person.id, client: null }),
    );
}

async function findWhose({ database, clock }: Services, hash: string) {
  const id = await database.atDoor({ hash }, (door) => findResetAtDoor(door, hash, clock()));
  return id === null ? null : database.atDoor({ person: id }, (door) => findOneselfAtDoor(door, id));
}

const hashOf = ({ params: { token } }: Request) => hashOfToken(String(token));

function showWish(
  services: Services,
  request: Request,
  response: Response,
  { isAsked = false, form: shown = form() }: { isAsked?: boolean; form?: Form },
) {
  const data: ResetWishView = { isAsked, sendsMail: services.settings.mail !== null, form: shown };
  showAtDoor(services, request, response, { show: 'forgotten', title: 'forgotten.title', data });
}

/** A link that is over is said to be over, whatever it once was. */
async function showLink(services: Services, request: Request, response: Response, shown: Form) {
  const person = await findWhose(services, hashOf(request));
  const data: NewPasswordView = {
    person,
    invitation: null,
    hasAccount: false,
    shortest: SHORTEST_PASSWORD,
    longest: LONGEST_PASSWORD,
    form: shown,
  };
  if (!person) response.status(404);
  showAtDoor(services, request, response, { show: 'new-password', title: 'new-password.title', data });
}

/** The refused form. Nothing typed is kept but the address: all else is secret. */
export function refused(services: Services, request: Request, response: Response, error: unknown): Form {
  const problem = explain(error, localeOf(request, null), services.templates.say);
  if (problem.status === 500) throw error;
  if (problem.status === 429) response.set('retry-after', '900');
  response.status(problem.status);
  const { email } = (request.body ?? {}) as Record<string, unknown>;
  return form(typeof email === 'string' ? { email: email.slice(0, 254) } : {}, problem);
}
