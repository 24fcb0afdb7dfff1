/** Distributions: to whom a version of a plan was handed out, by which channel, and who says that they read it. */
import { z } from 'zod';
import { allow, may } from './access.ts';
import { record } from './audit.ts';
import { conflict, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { refuseForeign } from './own.ts';
import { lockVersion } from './plan-drafts.ts';
import { findVersion } from './plan-versions.ts';
import { findPlan } from './plans.ts';
import type { Work } from './work.ts';

/** Paper and a pack on a stick are read without any of the client's systems. */
export const CHANNELS = ['service', 'mail', 'paper', 'offline-pack'] as const;
const WITHOUT_SYSTEMS: readonly (typeof CHANNELS)[number][] = ['paper', 'offline-pack'];

const DAY_MS = 86_400_000;

export const NewDistribution = z.object({
  contacts: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.uuid()).max(500))
    .refine((contacts) => contacts.length > 0, { error: 'distribution.to-nobody' }),
  channel: z.enum(CHANNELS),
});
export type NewDistribution = z.infer<typeof NewDistribution>;

export const Distribution = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    version: z.uuid(),
    contact: z.uuid().nullable(),
    name: z.string(),
    channel: z.enum(CHANNELS),
    sha256: z.string().describe('Of the version that was handed out'),
    sentAt: z.iso.datetime(),
    sentBy: z.string(),
    read: z
      .object({
        at: z.iso.datetime(),
        by: z.string(),
        isSelf: z.boolean().describe('Said by the reader while signed in; else by somebody on their behalf'),
      })
      .nullable(),
  })
  .meta({ id: 'PlanDistribution' });
export type Distribution = z.infer<typeof Distribution>;

/** Notes that a version in force was handed out. What went to somebody by a channel before is not noted twice. */
export async function distribute(
  work: Work,
  version: string,
  { contacts, channel }: NewDistribution,
): Promise<Distribution[]> {
  allow(work, 'plan.change');
  const { row, plan } = await lockVersion(work, version);
  if (row.state !== 'in-force') throw conflict('distribution.not-in-force', { title: plan.title });
  await refuseForeign(work, plan.client, 'contact', contacts);
  const people = await work.db
    .selectFrom('contacts')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(contacts)])
    .orderBy('name')
    .execute();
  await refuseRepeated(work, version, channel, people);

  await work.db
    .insertInto('distributions')
    .values(
      people.map(({ id, name }) => ({
        client_id: plan.client,
        plan_version_id: version,
        contact_id: id,
        name,
        channel,
        sha256: row.sha256 ?? '',
        sent_at: work.now,
        sent_by: work.actor.name,
      })),
    )
    .execute();
  const facts = {
    version,
    number: row.number,
    sha256: row.sha256,
    channel,
    to: people.map(({ name }) => name),
  };
  await record(
    work,
    'plan-version.distributed',
    { kind: 'plan-version', id: version, client: plan.client },
    facts,
  );
  if (WITHOUT_SYSTEMS.includes(channel))
    await recordEvidence(work, {
      client: plan.client,
      code: 'OFF',
      subject: { kind: 'plan', id: plan.id, name: plan.title },
      finding: 'supports',
      assertedBy: 'person',
      validUntil: new Date(work.now.getTime() + plan.reviewIntervalDays * DAY_MS),
      content: facts,
    });
  return listDistributions(work, version);
}

/**
 * Says that somebody read their copy. The reader's own word, given while signed in, proves it; anybody else's is a declaration,
 * and the reader may still give theirs.
 */
export async function acknowledge(work: Work, id: string): Promise<Distribution> {
  const before = await findDistributionForChange(work, id);
  const isSelf = await isReader(work, before);
  allow(work, isSelf ? 'receipt.give' : 'receipt.note');
  if (before.read?.isSelf || (before.read && !isSelf))
    throw conflict('distribution.read-already', { name: before.name });

  await work.db
    .updateTable('distributions')
    .set({ read_at: work.now, read_by: work.actor.name, is_read_by_self: isSelf })
    .where('id', '=', id)
    .execute();
  const version = await findVersion(work, before.version);
  const plan = await findPlan(work, version.plan);
  const facts = { version: version.id, number: version.number, sha256: before.sha256, reader: before.name };
  await record(work, 'distribution.read', { kind: 'distribution', id, client: before.client }, facts);
  await recordEvidence(work, {
    client: before.client,
    code: 'ACK',
    subject: { kind: 'plan', id: plan.id, name: plan.title },
    finding: 'supports',
    assertedBy: isSelf ? 'system' : 'person',
    validUntil: new Date(work.now.getTime() + plan.reviewIntervalDays * DAY_MS),
    content: { ...facts, isSelf },
  });
  return findDistribution(work, id);
}

/** What the actor may say of each: that they read it themself, or that somebody else did. */
export async function receiptsOf(
  work: Work,
  distributions: Distribution[],
): Promise<Map<string, 'give' | 'note'>> {
  const own = new Set(
    (
      await Promise.all(distributions.map(async (one) => ((await isReader(work, one)) ? one.id : null)))
    ).filter((id) => id !== null),
  );
  return new Map(
    distributions.flatMap((one): [string, 'give' | 'note'][] => {
      if (own.has(one.id)) return may(work, 'receipt.give') && !one.read?.isSelf ? [[one.id, 'give']] : [];
      return may(work, 'receipt.note') && !one.read ? [[one.id, 'note']] : [];
    }),
  );
}

/** In the order in which they were handed out, then by name. */
export async function listDistributions(work: Work, version: string): Promise<Distribution[]> {
  await findVersion(work, version);
  const rows = await work.db
    .selectFrom('distributions')
    .selectAll()
    .where('plan_version_id', '=', version)
    .orderBy('sent_at')
    .orderBy('name')
    .limit(2000)
    .execute();
  return rows.map(present);
}

export async function findDistribution({ db }: Work, id: string): Promise<Distribution> {
  const row = await db.selectFrom('distributions').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('distribution');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findDistributionForChange(work: Work, id: string): Promise<Distribution> {
  await work.db.selectFrom('distributions').select('id').where('id', '=', id).forUpdate().execute();
  return findDistribution(work, id);
}

async function isReader({ db, actor }: Work, { contact }: Distribution): Promise<boolean> {
  if (actor.kind !== 'person' || contact === null) return false;
  const found = await db
    .selectFrom('contacts')
    .select('person_id')
    .where('id', '=', contact)
    .executeTakeFirst();
  return found?.person_id != null && found.person_id === actor.id;
}

async function refuseRepeated(
  { db }: Work,
  version: string,
  channel: NewDistribution['channel'],
  people: { name: string }[],
) {
  const known = await db
    .selectFrom('distributions')
    .select('name')
    .where('plan_version_id', '=', version)
    .where('channel', '=', channel)
    .where(
      'name',
      'in',
      people.map(({ name }) => name),
    )
    .orderBy('name')
    .execute();
  if (known.length > 0)
    throw conflict('distribution.sent-already', { names: known.map(({ name }) => name).join(', ') });
}

const present = (row: {
  id: string;
  client_id: string;
  plan_version_id: string;
  contact_id: string | null;
  name: string;
  channel: string;
  sha256: string;
  sent_at: Date;
  sent_by: string;
  read_at: Date | null;
  read_by: string | null;
  is_read_by_self: boolean | null;
}): Distribution => ({
  id: row.id,
  client: row.client_id,
  version: row.plan_version_id,
  contact: row.contact_id,
  name: row.name,
  channel: row.channel as Distribution['channel'],
  sha256: row.sha256,
  sentAt: row.sent_at.toISOString(),
  sentBy: row.sent_by,
  read:
    row.read_at && row.read_by !== null
      ? { at: row.read_at.toISOString(), by: row.read_by, isSelf: row.is_read_by_self === true }
      : null,
});
