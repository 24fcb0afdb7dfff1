/**
 * Changing one's own password. It stands beside the routes because its slow parts, checking the old one and hashing the
 * new one, belong in no transaction, and because a wrong try counts although nothing else is kept of it.
 */
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { changeOwnPassword, findOwnAccount, whoseAccount } from '#/plans/account.ts';
import { invalid, Refusal } from '#/plans/errors.ts';
import { countTry, findPasswordHash, forgetTries, hashOfToken, notSignedIn } from '#/plans/sign-in.ts';
import { refuseWeakPassword, TypedPassword } from '../password-strength.ts';
import { checkPassword, hashPassword } from '../passwords.ts';
import { accountView } from '../routes/account.ts';
import { form } from '../views.ts';
import { newToken, setSession } from './identity.ts';
import type { Mounting } from './route.ts';
import { isSecure, type Services } from './services.ts';

const Change = z.object({ current: TypedPassword, password: TypedPassword, again: TypedPassword });

export function mountPasswordChange(app: Express, services: Services, mounting: Mounting) {
  app.post('/account/password', async (request, response) => {
    try {
      await change(services, mounting, request, response);
      response.redirect(303, '/account?done=password');
    } catch (error) {
      await showAgain(mounting, request, response, error);
    }
  });
}

async function change(services: Services, { begin }: Mounting, request: Request, response: Response) {
  const { database, settings } = services;
  const { name, email, person } = await begin(request, async (work) => ({
    ...(await findOwnAccount(work)),
    person: whoseAccount(work),
  }));
  const { current, password, again } = Change.parse(request.body ?? {});
  await refuseUnlessKnown(services, request, { person, email, current });
  if (again !== password) throw invalid('again', 'password.differs');
  if (current === password) throw invalid('password', 'password.same');
  await refuseWeakPassword(password, 'password', [email, name]);

  const passwordHash = await hashPassword(password);
  const token = newToken();
  await begin(request, async (work) => {
    const session = request.admitted?.session;
    if (!session) throw notSignedIn();
    await changeOwnPassword(work, { passwordHash, session, renewed: hashOfToken(token) });
  });
  await database.atDoor({ email }, (door) => forgetTries(door, email));
  setSession(response, token, isSecure(settings));
}

/** Whoever finds an open browser does not know the password, and may not guess it here either. */
async function refuseUnlessKnown(
  { database, clock }: Services,
  request: Request,
  { person, email, current }: { person: string; email: string; current: string },
) {
  const address = request.ip ?? 'unknown';
  const tooMany = await database.atDoor({ email }, (door) =>
    countTry(door, { email, address, now: clock() }),
  );
  if (tooMany) throw new Refusal('too-many', 'sign-in.too-many');
  const known = await database.atDoor({ person }, (door) => findPasswordHash(door, person));
  if (!(await checkPassword(known, current))) throw invalid('current', 'password.wrong');
}

/** Nothing typed is kept: all of it is secret. */
async function showAgain(
  { begin, explain, show }: Mounting,
  request: Request,
  response: Response,
  error: unknown,
) {
  const shown = await begin(request, async (work, locale) => {
    const problem = explain(error, locale);
    if (problem.status !== 422 && problem.status !== 429) throw error;
    const data = await accountView(work, request.admitted?.session ?? null, { form: form({}, problem) });
    return { show: 'account', data, status: problem.status };
  });
  if (shown.status === 429) response.set('retry-after', '900');
  show(request, response, shown);
}
