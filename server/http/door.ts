/** Signing in and out, and choosing a language. These run before anybody is known. */
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { Refusal } from '#/plans/errors.ts';
import { findFactorsAtDoor } from '#/plans/factor-door.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import { countTry, findPasswordHash, findPersonAtDoor } from '#/plans/sign-in.ts';
import { checkPassword } from '../passwords.ts';
import type { SignInView } from '../views/sign-in.ts';
import { noteRefusal, placeIn, showAtDoor } from './at-door.ts';
import { clearSession, localeOf, refuseForgery, setLocale } from './identity.ts';
import { endFormer, letIn, refuseOwnWay } from './let-in.ts';
import { explain } from './problems.ts';
import { beginSecondFactor } from './second-factor.ts';
import type { Services } from './services.ts';

const SignIn = z.object({
  email: z.string().trim().toLowerCase().min(1).max(254),
  password: z.string().min(1).max(1000),
  next: z.string().optional(),
});

const Done = z.enum(['password', 'joined']).nullable().catch(null).default(null);

export function mountDoor(app: Express, services: Services) {
  app.get('/sign-in', (request, response) =>
    showSignIn(services, request, response, {
      email: '',
      next: placeIn(request.query.next),
      problem: null,
      done: Done.parse(request.query.done),
    }),
  );

  app.post('/sign-in', async (request, response) => {
    refuseForgery(request);
    try {
      const { email, password, next } = SignIn.parse(request.body ?? {});
      response.redirect(
        303,
        await signIn(services, request, response, { email, password, next: placeIn(next) }),
      );
    } catch (error) {
      const problem = explain(error, localeOf(request, null), services.templates.say);
      if (problem.status === 500) throw error;
      if (problem.status === 429) response.set('retry-after', '900');
      const { email, next } = (request.body ?? {}) as Record<string, unknown>;
      response.status(problem.status);
      showSignIn(services, request, response, {
        email: typeof email === 'string' ? email.slice(0, 254) : '',
        next: placeIn(next),
        problem,
        done: null,
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

/** Where to go from here: on, or to the second factor. */
async function signIn(
  services: Services,
  request: Request,
  response: Response,
  { email, password, next }: { email: string; password: string; next: string },
): Promise<string> {
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
  if (!(await checkPassword(known, password)) || !person) {
    if (person) noteRefusal(services, { ...person, factor: 'password' });
    throw new Refusal('unauthenticated', 'sign-in.wrong');
  }

  await refuseOwnWay(services, { ...person, email });
  const factors = await database.atDoor({ person: person.id }, (door) => findFactorsAtDoor(door, person.id));
  if (factors) {
    await beginSecondFactor(services, response, { person: person.id, email, next });
    return '/sign-in/second';
  }
  await letIn(services, request, response, { person: { ...person, email }, hasSecondFactor: false });
  return next;
}

export const showSignIn = (services: Services, request: Request, response: Response, data: SignInView) =>
  showAtDoor(services, request, response, { show: 'sign-in', title: 'sign-in.title', data });
