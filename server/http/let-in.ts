/** Somebody has shown who they are: the one place where a session begins. */
import type { Request, Response } from 'express';
import { record } from '#/plans/audit.ts';
import { Refusal } from '#/plans/errors.ts';
import { closeSession, forgetTries, hashOfToken, openSession } from '#/plans/sign-in.ts';
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
