/** After the password: a code of an app, or a recovery code. A passkey takes the way of `passkey-sign-in.ts`. */
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { findStep, putStep } from '#/plans/door-steps.ts';
import { invalid, Refusal } from '#/plans/errors.ts';
import { findFactorsAtDoor, takeRecoveryCode, takeTotpStep } from '#/plans/factor-door.ts';
import { findOneselfAtDoor } from '#/plans/password-resets.ts';
import { countTry, hashOfToken } from '#/plans/sign-in.ts';
import { stepOfCode } from '../totp.ts';
import type { SecondFactorView } from '../views/sign-in.ts';
import { type Form, form } from '../views.ts';
import { noteRefusal, showAtDoor } from './at-door.ts';
import { newToken, refuseForgery, setStep, stepOf } from './identity.ts';
import { letIn } from './let-in.ts';
import { refused } from './password-reset.ts';
import { isSecure, type Services } from './services.ts';

const KIND = 'second-factor';
const Typed = z.object({ code: z.string().trim().min(1).max(100) });

export function mountSecondFactor(app: Express, services: Services) {
  app.get('/sign-in/second', (request, response) => show(services, request, response, form()));

  app.post('/sign-in/second', async (request, response) => {
    refuseForgery(request);
    try {
      response.redirect(303, await check(services, request, response));
    } catch (error) {
      await show(services, request, response, refused(services, request, response, error));
    }
  });
}

/** The password was right. What is missing is kept for ten minutes, and nothing opens before it was shown. */
export async function beginSecondFactor(
  { database, clock, settings }: Services,
  response: Response,
  { person, email, next }: { person: string; email: string; next: string },
): Promise<void> {
  const token = newToken();
  const hash = hashOfToken(token);
  await database.atDoor({ hash }, (door) =>
    putStep(door, { hash, kind: KIND, person, data: { email, next }, now: clock() }),
  );
  setStep(response, 'second', token, isSecure(settings));
}

async function check(services: Services, request: Request, response: Response): Promise<string> {
  const { database, clock } = services;
  const step = await findBegun(services, request);
  if (!step) throw new Refusal('unauthenticated', 'second-factor.over');
  const { email, next } = step.data;
  const { code } = Typed.parse(request.body ?? {});
  const address = request.ip ?? 'unknown';
  const tooMany = await database.atDoor({ email }, (door) =>
    countTry(door, { email, address, now: clock() }),
  );
  if (tooMany) throw new Refusal('too-many', 'sign-in.too-many');

  const person = await database.atDoor({ person: step.person }, (door) =>
    findOneselfAtDoor(door, step.person),
  );
  if (!(await isRight(services, step.person, code))) {
    noteRefusal(services, { ...person, factor: 'code' });
    throw invalid('code', 'second-factor.wrong');
  }
  await letIn(services, request, response, { person, hasSecondFactor: true });
  return next;
}

function isRight({ database, doorVault, clock }: Services, person: string, code: string): Promise<boolean> {
  const now = clock();
  return database.atDoor({ person }, async (door) => {
    const factors = await findFactorsAtDoor(door, person);
    if (!factors) return false;
    const { totp } = factors;
    const step = totp && stepOfCode(doorVault.open(totp.provider, 'totp', totp.sealed), code, now);
    if (step !== null) return takeTotpStep(door, person, step);
    return takeRecoveryCode(door, person, code, now);
  });
}

async function findBegun({ database, clock }: Services, request: Request) {
  const token = stepOf(request, 'second');
  if (!token) return null;
  const hash = hashOfToken(token);
  const step = await database.atDoor({ hash }, (door) =>
    findStep<{ email: string; next: string }>(door, { hash, kind: KIND, now: clock() }),
  );
  return step && step.person !== null ? { ...step, person: step.person } : null;
}

async function show(services: Services, request: Request, response: Response, shown: Form) {
  const step = await findBegun(services, request);
  if (!step) return response.redirect(303, '/sign-in');
  const factors = await services.database.atDoor({ person: step.person }, (door) =>
    findFactorsAtDoor(door, step.person),
  );
  const data: SecondFactorView = {
    hasTotp: Boolean(factors?.totp),
    hasPasskey: factors?.hasPasskey ?? false,
    next: step.data.next,
    form: shown,
  };
  showAtDoor(services, request, response, {
    show: 'second-factor',
    title: 'second-factor.title',
    data,
  });
}
