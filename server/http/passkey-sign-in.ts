/** Signing in with a passkey alone: it is had, and it checks its person itself, so nothing else is asked. */
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { putStep, takeStep } from '#/plans/door-steps.ts';
import { Refusal } from '#/plans/errors.ts';
import { findPasskeyAtDoor, markPasskeyUsed } from '#/plans/factor-door.ts';
import { findOneselfAtDoor } from '#/plans/password-resets.ts';
import { countPlace, hashOfToken } from '#/plans/sign-in.ts';
import { askForPasskey, checkPasskey, type Site } from '../passkeys.ts';
import { noteRefusal, placeIn } from './at-door.ts';
import { showSignIn } from './door.ts';
import { localeOf, newToken, refuseForgery, setStep, stepOf } from './identity.ts';
import { letIn, refuseOwnWay } from './let-in.ts';
import { PasskeyAnswer } from './passkey-shapes.ts';
import { explain } from './problems.ts';
import { isSecure, type Services } from './services.ts';

const KIND = 'passkey';
const Sent = z.object({ credential: PasskeyAnswer, next: z.string().optional() });

export function mountPasskeySignIn(app: Express, services: Services) {
  app.post('/sign-in/passkey/options', async (request, response) => {
    refuseForgery(request);
    const options = await askForPasskey(siteOf(services, request));
    await keepChallenge(services, response, { kind: KIND, person: null, challenge: options.challenge });
    response.set('cache-control', 'no-store').json(options);
  });

  app.post('/sign-in/passkey', async (request, response) => {
    refuseForgery(request);
    const { next } = (request.body ?? {}) as Record<string, unknown>;
    try {
      await signIn(services, request, response);
      response.redirect(303, placeIn(next));
    } catch (error) {
      const problem = explain(error, localeOf(request, null), services.templates.say);
      if (problem.status === 500) throw error;
      response.status(problem.status);
      showSignIn(services, request, response, { email: '', next: placeIn(next), problem, done: null });
    }
  });
}

/** The address that people type, which the browser binds every passkey to. */
export const siteOf = ({ settings }: Services, request: Request): Site => ({
  origin: settings.http.publicUrl
    ? new URL(settings.http.publicUrl).origin
    : `${request.protocol}://${request.get('host')}`,
  name: 'Reprise',
});

export async function keepChallenge(
  { database, clock, settings }: Services,
  response: Response,
  { kind, person, challenge }: { kind: 'passkey' | 'new-passkey'; person: string | null; challenge: string },
): Promise<void> {
  const token = newToken();
  const hash = hashOfToken(token);
  await database.atDoor({ hash }, (door) =>
    putStep(door, { hash, kind, person, data: { challenge }, now: clock() }),
  );
  setStep(response, 'challenge', token, isSecure(settings));
}

/** The challenge that this browser was given, which is used up by asking. */
export async function takeChallenge(
  { database, clock }: Services,
  request: Request,
  kind: 'passkey' | 'new-passkey',
) {
  const token = stepOf(request, 'challenge');
  if (!token) return null;
  const hash = hashOfToken(token);
  return database.atDoor({ hash }, (door) =>
    takeStep<{ challenge: string }>(door, { hash, kind, now: clock() }),
  );
}

async function signIn(services: Services, request: Request, response: Response) {
  const { database, clock } = services;
  const address = request.ip ?? 'unknown';
  const tooMany = await database.atDoor({}, (door) => countPlace(door, { address, now: clock() }));
  if (tooMany) throw new Refusal('too-many', 'sign-in.too-many');
  const step = await takeChallenge(services, request, KIND);
  const { success, data } = Sent.safeParse(request.body ?? {});
  if (!step || !success) throw refusedPasskey();
  const { credential } = data;

  const handle = Buffer.from(credential.response.userHandle, 'base64url').toString('utf8');
  const person = z.uuid().safeParse(handle);
  if (!person.success) throw refusedPasskey();
  const id = person.data;
  const known = await database.atDoor({ person: id }, (door) => findPasskeyAtDoor(door, id, credential.id));
  if (!known) throw refusedPasskey();
  const passkey = { id: known.id, publicKey: new Uint8Array(known.public_key), counter: known.counter };
  const counter = await checkPasskey(siteOf(services, request), step.data.challenge, passkey, credential);
  const oneself = await database.atDoor({ person: id }, (door) => findOneselfAtDoor(door, id));
  if (counter === null) {
    noteRefusal(services, { ...oneself, factor: 'passkey' });
    throw refusedPasskey();
  }
  await refuseOwnWay(services, oneself);
  await database.atDoor({ person: id }, (door) =>
    markPasskeyUsed(door, { id: known.id, counter, now: clock() }),
  );
  await letIn(services, request, response, { person: oneself, hasSecondFactor: true });
}

/** The same of a passkey that is not known as of one that answers wrongly. */
const refusedPasskey = () => new Refusal('unauthenticated', 'passkey.refused');
