/** Invitations: somebody is asked by mail to join the provider, and becomes a person when they follow the link. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import {
  addPerson,
  inNameOf,
  type NewMember,
  putMembership,
  refuseWrongScope,
  setPassword,
} from './people.ts';
import { providerName } from './providers.ts';
import type { Door } from './sign-in.ts';
import { ROLES, type Work } from './work.ts';

export const INVITATION_DAYS = 7;
const DAY_MS = 86_400_000;

/** One that was not accepted yet, as owners see it. */
export const Invitation = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    seesAllClients: z.boolean(),
    invitedBy: z.string(),
    expiresAt: z.iso.datetime(),
    isExpired: z.boolean(),
    isUndelivered: z.boolean().describe('The mail relay would not take it'),
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;

/** What the link in the mail leads to. */
export interface OpenInvitation {
  provider: string;
  id: string;
  email: string;
  name: string;
  invitedBy: string;
}

/** Asks somebody to join; an older invitation to the same address goes. The mail is sent by a job. */
export async function invite(work: Work, member: NewMember): Promise<Invitation> {
  allow(work, 'member.change');
  refuseWrongScope(member);
  if (member.clients !== 'all') for (const client of member.clients) await findClient(work, client);
  await refuseMember(work, member.email);

  await work.db
    .updateTable('invitations')
    .set({ withdrawn_at: work.now })
    .where('email', '=', member.email)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .execute();
  const row = await work.db
    .insertInto('invitations')
    .values({
      email: member.email,
      name: member.name,
      locale: member.locale,
      role: member.role,
      client_ids: member.clients === 'all' ? null : member.clients,
      valid_until: member.validUntil === null ? null : new Date(member.validUntil),
      invited_by: work.actor.name,
      created_at: work.now,
      expires_at: new Date(work.now.getTime() + INVITATION_DAYS * DAY_MS),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await record(
    work,
    'invitation.sent',
    { kind: 'invitation', id: row.id, client: null },
    { email: member.email, role: member.role, clients: member.clients },
  );
  await work.enqueue('mail-invitation', { invitation: row.id });
  return present(row, work.now);
}

/** Invitations that nobody followed yet, also those whose time is over. */
export async function listInvitations(work: Work): Promise<Invitation[]> {
  allow(work, 'member.change');
  const rows = await work.db
    .selectFrom('invitations')
    .selectAll()
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => present(row, work.now));
}

export async function withdrawInvitation(work: Work, id: string): Promise<void> {
  allow(work, 'member.change');
  const withdrawn = await work.db
    .updateTable('invitations')
    .set({ withdrawn_at: work.now })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .returning('email')
    .executeTakeFirst();
  if (!withdrawn) throw notFound('invitation');
  await record(work, 'invitation.withdrawn', { kind: 'invitation', id, client: null }, withdrawn);
}

/** Puts a link on an invitation that is about to be mailed; null when it is over by now. A former link opens nothing. */
export async function linkInvitation(work: Work, id: string, hash: string) {
  allow(work, 'work.finish');
  const row = await work.db
    .updateTable('invitations')
    .set({ hash })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('expires_at', '>', work.now)
    .returning(['email', 'name', 'locale', 'invited_by'])
    .executeTakeFirst();
  if (!row) return null;
  const { invited_by: invitedBy, ...found } = row;
  return { ...found, invitedBy, provider: await providerName(work) };
}

/** Notes that the invitation reached nobody, so that owners see it. */
export async function markUndelivered(work: Work, id: string): Promise<void> {
  allow(work, 'work.finish');
  await work.db.updateTable('invitations').set({ is_undelivered: true }).where('id', '=', id).execute();
}

/** The invitation whose link was shown, or null when it is over. */
export async function findInvitationAtDoor(
  door: Door,
  hash: string,
  now: Date,
): Promise<OpenInvitation | null> {
  const row = await door
    .selectFrom('invitations')
    .select(['provider_id', 'id', 'email', 'name', 'invited_by'])
    .where('hash', '=', hash)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (!row) return null;
  return {
    provider: row.provider_id,
    id: row.id,
    email: row.email,
    name: row.name,
    invitedBy: row.invited_by,
  };
}

/** Whoever follows the link joins: as somebody new with a password, or as the person that their address belongs to. */
export async function acceptInvitation(
  work: Work,
  id: string,
  as: { person: string } | { newPerson: string; passwordHash: string },
): Promise<void> {
  const row = await work.db
    .updateTable('invitations')
    .set({ accepted_at: work.now })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('expires_at', '>', work.now)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw notFound('invitation');

  const person = 'person' in as ? as.person : as.newPerson;
  await inNameOf(work, person, async () => {
    if ('newPerson' in as) await addPerson(work, person, row);
    await putMembership(work, person, {
      role: row.role,
      clients: row.client_ids ?? 'all',
      validUntil: row.valid_until?.toISOString() ?? null,
    });
    if ('newPerson' in as) await setPassword(work, person, as.passwordHash);
  });
  await record(
    work,
    'invitation.accepted',
    { kind: 'person', id: person, client: null },
    { email: row.email, role: row.role },
  );
}

async function refuseMember({ db }: Work, email: string) {
  const member = await db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .select('people.id')
    .where('people.email', '=', email)
    .where('memberships.ended_at', 'is', null)
    .executeTakeFirst();
  if (member) throw conflict('invitation.already-member', { email });
}

interface InvitationRow {
  id: string;
  email: string;
  name: string;
  role: Invitation['role'];
  client_ids: string[] | null;
  invited_by: string;
  expires_at: Date;
  is_undelivered: boolean;
}

const present = (row: InvitationRow, now: Date): Invitation => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  seesAllClients: row.client_ids === null,
  invitedBy: row.invited_by,
  expiresAt: row.expires_at.toISOString(),
  isExpired: row.expires_at <= now,
  isUndelivered: row.is_undelivered,
});
