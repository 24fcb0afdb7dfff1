/** Single sign-on of a provider: which OpenID provider speaks for whom, and what its groups may do here. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import { Line } from '../text.ts';
import type { Work } from '../work.ts';

/** An auditor comes for a time, which no group says: they are invited. */
export const MAPPED_ROLES = [
  'owner',
  'consultant',
  'technician',
  'client-approver',
  'client-reader',
] as const;

export const GroupRole = z.object({
  group: Line(200).describe('As the OpenID provider names it'),
  role: z.enum(MAPPED_ROLES),
  clients: z.union([z.literal('all'), z.array(z.uuid()).min(1).max(1000)]),
});
export type GroupRole = z.infer<typeof GroupRole>;

const Domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?=.{3,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'single-sign-on.not-a-domain');

const SHAPE = {
  name: Line(100).describe('What people call it'),
  issuer: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .describe('Where /.well-known/openid-configuration lies'),
  oidcClient: Line(500).describe('As which this service is registered there'),
  domains: z.array(Domain).min(1).max(50).describe('Whose mail addresses it speaks for'),
  groupClaim: z
    .preprocess((value) => value || null, Line(200).nullable())
    .describe('The claim that lists groups; null: roles stay as they were given here'),
  groups: z.array(GroupRole).max(200).describe('The first that fits counts'),
  takesStrangers: z
    .boolean()
    .describe('Whether somebody of a mapped group gets a sign-in without an invitation'),
  trustsFactor: z.boolean().describe('Whether a second factor asked for there counts as one here'),
  isOnlyWay: z.boolean().describe('Whether passwords are refused to those of its domains, owners excepted'),
};

export const SignOnChange = z
  .object({
    ...SHAPE,
    secret: z
      .preprocess((value) => value || null, z.string().max(1000).nullable())
      .default(null)
      .describe('Given by the OpenID provider; left out: the one known stays'),
  })
  .refine(({ groupClaim, groups }) => groupClaim === null || groups.length > 0, {
    error: 'single-sign-on.no-groups',
    path: ['groups'],
  });
export type SignOnChange = z.infer<typeof SignOnChange>;

export const SignOn = z.object(SHAPE).meta({ id: 'SingleSignOn' });
export type SignOn = z.infer<typeof SignOn>;

/** With what only the door opens. */
export type SignOnAtDoor = SignOn & { provider: string; sealedSecret: Buffer };

/** Null where none is set. */
export async function findSignOn(work: Work): Promise<SignOn | null> {
  allow(work, 'member.change');
  const found = await findSignOnAtDoor(work);
  if (!found) return null;
  const { provider: _, sealedSecret: __, ...settings } = found;
  return settings;
}

export async function findSignOnAtDoor({ db, provider }: Work): Promise<SignOnAtDoor | null> {
  const row = await db.selectFrom('single_sign_ons').selectAll().executeTakeFirst();
  if (!row) return null;
  const domains = await db
    .selectFrom('sign_on_domains')
    .select('domain')
    .where('provider_id', '=', provider)
    .orderBy('domain')
    .limit(50)
    .execute();
  return {
    provider,
    name: row.name,
    issuer: row.issuer,
    oidcClient: row.oidc_client,
    domains: domains.map(({ domain }) => domain),
    groupClaim: row.group_claim,
    groups: row.groups as GroupRole[],
    takesStrangers: row.takes_strangers,
    trustsFactor: row.trusts_factor,
    isOnlyWay: row.is_only_way,
    sealedSecret: row.sealed_secret,
  };
}

/** What the only way in is called, for somebody who is no owner and whose address it speaks for; null: there are others. */
export async function onlyWayOf(
  work: Work,
  { id, email }: { id: string; email: string },
): Promise<string | null> {
  const found = await findSignOnAtDoor(work);
  if (!found?.isOnlyWay || !found.domains.includes(email.split('@')[1] ?? '')) return null;
  const member = await work.db
    .selectFrom('memberships')
    .select('role')
    .where('person_id', '=', id)
    .executeTakeFirst();
  return member?.role === 'owner' ? null : found.name;
}

/** Sets or changes it. Under another issuer nobody is bound to the subjects of the former one any more. */
export async function writeSignOn(
  work: Work,
  { secret, ...settings }: SignOnChange,
  seal: (secret: string) => Buffer,
): Promise<SignOn> {
  allow(work, 'member.change');
  const before = await findSignOnAtDoor(work);
  if (!before && secret === null) throw invalid('secret', 'single-sign-on.no-secret');
  if (before && before.issuer !== settings.issuer && secret === null)
    throw invalid('secret', 'single-sign-on.secret-of-another');
  for (const { role, clients } of settings.groups) await refuseWrongScope(work, role, clients);
  const row = {
    name: settings.name,
    issuer: settings.issuer,
    oidc_client: settings.oidcClient,
    sealed_secret: secret === null ? before!.sealedSecret : seal(secret),
    group_claim: settings.groupClaim,
    groups: JSON.stringify(settings.groups),
    takes_strangers: settings.takesStrangers,
    trusts_factor: settings.trustsFactor,
    is_only_way: settings.isOnlyWay,
    changed_at: work.now,
  };
  await work.db
    .insertInto('single_sign_ons')
    .values(row)
    .onConflict((former) => former.column('provider_id').doUpdateSet(row))
    .execute();
  await replaceDomains(work, settings.domains);
  if (before && before.issuer !== settings.issuer) await forgetSubjects(work);
  const { sealedSecret: _, provider: __, ...told } = before ?? { sealedSecret: null, provider: null };
  await record(work, 'single-sign-on.changed', aboutIt(work), {
    before: before && told,
    after: settings,
    secretChanged: secret !== null,
  });
  return settings;
}

/** People come in by their passwords again; who has none asks for a link by mail. */
export async function removeSignOn(work: Work): Promise<void> {
  allow(work, 'member.change');
  const before = await findSignOn(work);
  if (!before) throw notFound('single-sign-on');
  await work.db.deleteFrom('single_sign_ons').execute();
  await work.db.deleteFrom('sign_on_domains').where('provider_id', '=', work.provider).execute();
  await forgetSubjects(work);
  await record(work, 'single-sign-on.removed', aboutIt(work), { before });
}

export const aboutIt = ({ provider }: Pick<Work, 'provider'>) =>
  ({ kind: 'provider', id: provider, client: null }) as const;

const forgetSubjects = ({ db }: Work) => db.deleteFrom('sign_on_subjects').execute();

/** Another provider's domain is hidden from us; that it is taken shows when it cannot be put in. */
async function replaceDomains({ db, provider }: Work, domains: readonly string[]) {
  await db.deleteFrom('sign_on_domains').where('provider_id', '=', provider).execute();
  for (const domain of new Set(domains)) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('sign_on_domains')
      .values({ domain })
      .onConflict((known) => known.column('domain').doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) throw conflict('single-sign-on.domain-taken', { domain });
  }
}

async function refuseWrongScope(work: Work, role: GroupRole['role'], clients: GroupRole['clients']) {
  if (role.startsWith('client-') && clients === 'all') throw invalid('groups', 'member.needs-client');
  if (role === 'owner' && clients !== 'all') throw invalid('groups', 'member.owner-sees-all');
  if (clients !== 'all') for (const client of clients) await findClient(work, client);
}
