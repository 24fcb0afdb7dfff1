/** The page where somebody who is signed in shows once more who they are, by their password. */
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { confirmOwnSession, findOwnAccount, whoseAccount } from '#/plans/account.ts';
import { invalid, Refusal } from '#/plans/errors.ts';
import { countTry, findPasswordHash, forgetTries, hashOfToken, notSignedIn } from '#/plans/sign-in.ts';
import { findSignOnAtDoor } from '#/plans/single-sign-on/settings.ts';
import { checkPassword } from '../passwords.ts';
import type { ConfirmView } from '../views/sign-in.ts';
import { form } from '../views.ts';
import { placeIn } from './at-door.ts';
import { newToken, setSession } from './identity.ts';
import type { Mounting } from './route.ts';
import { isSecure, type Services } from './services.ts';

const Typed = z.object({ password: z.string().min(1).max(1000), next: z.string().optional() });

export function mountConfirm(app: Express, services: Services, mounting: Mounting) {
  app.get('/account/confirm', (request, response) =>
    show(mounting, request, response, placeIn(request.query.next), null),
  );

  app.post('/account/confirm', async (request, response) => {
    try {
      const { password, next } = Typed.parse(request.body ?? {});
      await confirm(services, mounting, request, response, password);
      response.redirect(303, placeIn(next));
    } catch (error) {
      const { next } = (request.body ?? {}) as Record<string, unknown>;
      await show(mounting, request, response, placeIn(next), error);
    }
  });
}

async function confirm(
  { database, clock, settings }: Services,
  { begin }: Mounting,
  request: Request,
  response: Response,
  password: string,
) {
  const { email, person } = await begin(request, async (work) => ({
    ...(await findOwnAccount(work)),
    person: whoseAccount(work),
  }));
  const address = request.ip ?? 'unknown';
  const tooMany = await database.atDoor({ email }, (door) =>
    countTry(door, { email, address, now: clock() }),
  );
  if (tooMany) throw new Refusal('too-many', 'sign-in.too-many');
  const known = await database.atDoor({ person }, (door) => findPasswordHash(door, person));
  if (!(await checkPassword(known, password))) throw invalid('password', 'password.wrong');

  const token = newToken();
  await begin(request, async (work) => {
    const session = request.admitted?.session;
    if (!session) throw notSignedIn();
    await confirmOwnSession(work, { session, renewed: hashOfToken(token) });
  });
  await database.atDoor({ email }, (door) => forgetTries(door, email));
  setSession(response, token, isSecure(settings));
}

async function show(
  { begin, explain, show }: Mounting,
  request: Request,
  response: Response,
  next: string,
  error: unknown,
) {
  const shown = await begin(request, async (work, locale) => {
    whoseAccount(work);
    const { email } = await findOwnAccount(work);
    const signOn = await findSignOnAtDoor(work);
    const problem = error === null ? null : explain(error, locale);
    if (problem && problem.status !== 422 && problem.status !== 429) throw error;
    const organisation = signOn?.domains.includes(email.split('@')[1] ?? '') ? email : null;
    const data: ConfirmView = { next, organisation, form: form({}, problem) };
    return { show: 'confirm', data, status: problem?.status ?? 200 };
  });
  if (shown.status === 429) response.set('retry-after', '900');
  show(request, response, shown);
}
