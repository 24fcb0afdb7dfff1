/** Following an invitation: somebody new chooses a password; whoever has an account here joins with it. */
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { invalid, notFound } from '#/plans/errors.ts';
import { acceptInvitation, findInvitationAtDoor, type OpenInvitation } from '#/plans/invitations.ts';
import { providerName } from '#/plans/providers.ts';
import { findPersonAtDoor, hashOfToken } from '#/plans/sign-in.ts';
import {
  LONGEST_PASSWORD,
  refuseWeakPassword,
  SHORTEST_PASSWORD,
  TypedPassword,
} from '../password-strength.ts';
import { hashPassword } from '../passwords.ts';
import type { NewPasswordView } from '../views/sign-in.ts';
import { type Form, form } from '../views.ts';
import { asPerson, showAtDoor } from './at-door.ts';
import { refuseForgery } from './identity.ts';
import { refused } from './password-reset.ts';
import type { Services } from './services.ts';

const Chosen = z.object({ password: TypedPassword, again: TypedPassword });

export function mountInvitationLinks(app: Express, services: Services) {
  app.get('/invitation/:token', (request, response) => show(services, request, response, form()));

  app.post('/invitation/:token', async (request, response) => {
    refuseForgery(request);
    try {
      await accept(services, request);
      response.redirect(303, '/sign-in?done=joined');
    } catch (error) {
      await show(services, request, response, refused(services, request, response, error));
    }
  });
}

async function accept(services: Services, request: Request) {
  const found = await find(services, request);
  if (!found) throw notFound('invitation');
  const { invitation, known } = found;
  const { provider, id, name, email } = invitation;
  if (known)
    return asPerson(services, provider, known, (work) => acceptInvitation(work, id, { person: known.id }));

  const { password, again } = Chosen.parse(request.body ?? {});
  if (again !== password) throw invalid('again', 'password.differs');
  await refuseWeakPassword(password, 'password', [email, name]);
  const passwordHash = await hashPassword(password);
  const newPerson = crypto.randomUUID();
  await asPerson(services, provider, { id: newPerson, name }, (work) =>
    acceptInvitation(work, id, { newPerson, passwordHash }),
  );
}

interface Found {
  invitation: OpenInvitation;
  /** Whose address it is already; only who reads that mailbox gets here. */
  known: { id: string; name: string } | null;
}

async function find({ database, clock }: Services, { params: { token } }: Request): Promise<Found | null> {
  const hash = hashOfToken(String(token));
  const invitation = await database.atDoor({ hash }, (door) => findInvitationAtDoor(door, hash, clock()));
  if (!invitation) return null;
  const { email } = invitation;
  const known = await database.atDoor({ email }, (door) => findPersonAtDoor(door, email));
  return { invitation, known };
}

async function show(services: Services, request: Request, response: Response, shown: Form) {
  const found = await find(services, request);
  if (!found) response.status(404);
  const data: NewPasswordView = {
    person: found && { name: found.invitation.name, email: found.invitation.email },
    invitation: found && {
      by: found.invitation.invitedBy,
      provider: await asPerson(services, found.invitation.provider, { id: '', name: '' }, providerName),
    },
    hasAccount: Boolean(found?.known),
    shortest: SHORTEST_PASSWORD,
    longest: LONGEST_PASSWORD,
    form: shown,
  };
  showAtDoor(services, request, response, { show: 'new-password', title: 'invitation.title', data });
}
