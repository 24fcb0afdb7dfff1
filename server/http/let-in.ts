/** Somebody has shown who they are: the one place where a session begins. */
import type { Request, Response } from 'express';
import { record } from '#/plans/audit.ts';
import { Refusal } from '#/plans/errors.ts';
import { closeSession, forgetTries, hashOfToken, listOwnProviders, openSession } from '#/plans/sign-in.ts';
import { onlyWayOf } from '#/plans/single-sign-on/settings.ts';
import { asPerson } from './at-door.ts';
import { clearSteps, newToken, sessionOf, setSession } from './identity.ts';
import { isSecure, type Services } from './services.ts';

export async function letIn(
  services: Services,
  request: Request,
  response: Response,
  {
    person,
    hasSecondFactor,
  }: { person: { id: string; name: string; email: string }; hasSecondFactor: boolean },
): Promise<void> {
  const { database, clock, settings } = services;
  const token = newToken();
  const hash = hashOfToken(token);
  const opened = await database.atDoor({ person: person.id, hash }, async (door) => {
    await forgetTries(door, person.email);
    const address = request.ip ?? 'unknown';
    return openSession(door, { person: person.id, hash, address, hasSecondFactor, now: clock() });
  });
  if (!opened) throw new Refusal('unauthenticated', 'sign-in.wrong');
  await endFormer(services, request);
  await asPerson(services, opened.provider, person, (work) =>
    record(work, 'session.opened', { kind: 'person', id: person.id, client: null }, { hasSecondFactor }),
  );
  clearSteps(response);
  setSession(response, token, isSecure(settings));
}

/** A browser has one session: the one it had before goes. */
export async function endFormer({ database }: Services, request: Request) {
  const token = sessionOf(request);
  if (!token) return;
  const hash = hashOfToken(token);
  await database.atDoor({ hash }, (door) => closeSession(door, hash));
}

/** Where only the organisation's own sign-in counts, neither a password nor a passkey of ours does. Owners are never locked out. */
export async function refuseOwnWay(
  services: Services,
  { id, name, email }: { id: string; name: string; email: string },
): Promise<void> {
  const { database, clock } = services;
  const providers = await database.atDoor({ person: id }, (door) => listOwnProviders(door, id, clock()));
  // Somebody of two providers is let in by neither's OpenID provider.
  const [provider, ...others] = providers;
  if (!provider || others.length > 0) return;
  const only = await asPerson(services, provider, { id, name }, (work) => onlyWayOf(work, { id, email }));
  if (only) throw new Refusal('unauthenticated', 'single-sign-on.only-way', { name: only });
}
