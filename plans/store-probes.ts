/** Store probes: what a store was seen to do, by trying it, and where it is weak. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { conflict, notFound } from './errors.ts';
import { Finding, findingOfRow } from './findings.ts';
import type { Work } from './work.ts';

/** A store changes with its account, its rules and its server: an old probe says little. */
const HOLDS_FOR_MS = 90 * 24 * 3600 * 1000;

const Line = z.object({
  ability: z.string(),
  found: z.enum(['yes', 'no', 'unknown']),
  tried: z.string(),
  answered: z.string(),
});

/** What the engine hands over. */
export const ProbeRecord = z.object({
  lines: z.array(Line).max(50),
  checksums: z.enum(['none', 'sha256']),
  leftBehind: z.array(z.object({ key: z.string(), version: z.string(), until: z.string() })).max(100),
  isComplete: z.boolean(),
});
export type ProbeRecord = z.infer<typeof ProbeRecord>;

/** What somebody could do to the recovery points, or what may go wrong, since the store lacks an ability. */
export const WEAKNESSES = [
  'unsound',
  'no-locks',
  'locks-do-not-hold',
  'governance-bypassed',
  'no-versions',
  'no-conditional-create',
  'takes-altered-bytes',
  'late-lists',
  'clock-differs',
  'not-all-tried',
] as const;
export type Weakness = (typeof WEAKNESSES)[number];

export const StoreProbe = z
  .object({
    standing: z
      .enum(['not-probed', 'queued', 'running', 'failed', 'stale', 'weak', 'sound'])
      .describe('`sound` only by a whole record that is not old; `weak` names what is missing'),
    probedAt: z.iso.datetime().nullable(),
    weaknesses: z.array(z.enum(WEAKNESSES)),
    lines: z.array(Line),
    leftBehind: ProbeRecord.shape.leftBehind,
    finding: Finding.nullable(),
  })
  .meta({ id: 'StoreProbe' });
export type StoreProbe = z.infer<typeof StoreProbe>;

/** Asks for a probe. It runs as a job. Answers the store's client. */
export async function requestProbe(work: Work, storeId: string): Promise<{ client: string }> {
  allow(work, 'protection.change');
  const store = await work.db
    .selectFrom('stores')
    .select(['client_id', 'name', 'probe_state'])
    .where('id', '=', storeId)
    .forUpdate()
    .executeTakeFirst();
  if (!store) throw notFound('store');
  if (isUnderWay(store.probe_state)) throw conflict('store.probe-under-way');

  await work.db
    .updateTable('stores')
    .set({ probe_state: 'queued', probe_asked_at: work.now, ...NO_FINDING })
    .where('id', '=', storeId)
    .execute();
  const subject = { kind: 'store', id: storeId, client: store.client_id };
  await record(work, 'store.probe-asked', subject, { name: store.name });
  await work.enqueue('probe-store', { storeId });
  return { client: store.client_id };
}

/** Marks a probe as running and tells where to go, with the secret still sealed. Null when it has ended already. */
export async function startProbe(work: Work, storeId: string) {
  const store = await work.db
    .updateTable('stores')
    .set({ probe_state: 'running' })
    .where('id', '=', storeId)
    .where('probe_state', 'in', ['queued', 'running'])
    .returning(['address', 'sealed_credentials'])
    .executeTakeFirst();
  return store ? { address: store.address, sealedCredentials: store.sealed_credentials } : null;
}

/** Writes down what was found. Once: a second call for the same probe changes nothing. */
export async function finishProbe(work: Work, storeId: string, probe: ProbeRecord): Promise<void> {
  allow(work, 'work.finish');
  const store = await work.db
    .updateTable('stores')
    .set({ probe_state: 'done', probed_at: work.now, probe: JSON.stringify(probe) })
    .where('id', '=', storeId)
    .where('probe_state', '=', 'running')
    .returning('client_id')
    .executeTakeFirst();
  if (!store) return;
  await record(
    work,
    'store.probed',
    { kind: 'store', id: storeId, client: store.client_id },
    { weaknesses: weaknessesOf(probe) },
  );
}

/** Writes down why nothing could be found out. An earlier record stays, with its age. */
export async function failProbe(work: Work, storeId: string, found: Finding): Promise<void> {
  allow(work, 'work.finish');
  const store = await work.db
    .updateTable('stores')
    .set({
      probe_state: 'failed',
      probe_finding: found.message,
      probe_finding_code: found.code,
      probe_finding_params: JSON.stringify(found.params),
    })
    .where('id', '=', storeId)
    .where('probe_state', 'in', ['queued', 'running'])
    .returning('client_id')
    .executeTakeFirst();
  if (!store) return;
  const subject = { kind: 'store', id: storeId, client: store.client_id };
  await record(work, 'store.probe-failed', subject, { finding: found });
}

/** What a record shows to be missing. What was not tried counts as missing. */
export function weaknessesOf({ lines, isComplete }: Pick<ProbeRecord, 'lines' | 'isComplete'>): Weakness[] {
  const has = (ability: string) => lines.some((line) => line.ability === ability && line.found === 'yes');
  const found: Record<Weakness, boolean> = {
    unsound: !has('write-and-read') || !has('ranged-get'),
    'no-locks': !has('locks'),
    'locks-do-not-hold': has('locks') && !has('locks-hold'),
    'governance-bypassed': has('locks-hold') && !has('governance-holds'),
    'no-versions': !has('versions') || !has('delete-markers'),
    'no-conditional-create': !has('conditional-create'),
    'takes-altered-bytes': !has('refuses-altered-bytes'),
    'late-lists': !has('list-after-put'),
    'clock-differs': !has('clock'),
    'not-all-tried': !isComplete || lines.some((line) => line.found === 'unknown'),
  };
  return WEAKNESSES.filter((weakness) => found[weakness]);
}

export const LOCK_MODES = ['governance', 'compliance'] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** Whether the last record shows that a lock of this mode keeps an object from being removed. */
export function isSeenToHold({ lines }: Pick<StoreProbe, 'lines'>, mode: LockMode): boolean {
  const needed = mode === 'governance' ? ['locks-hold', 'governance-holds'] : ['locks-hold'];
  return needed.every((name) => lines.some(({ ability, found }) => ability === name && found === 'yes'));
}

/** Which checksums may be sent. Without a record, none: many servers refuse what they do not know. */
export const checksumsOf = (probe: unknown): ProbeRecord['checksums'] =>
  probe === null ? 'none' : ProbeRecord.parse(probe).checksums;

/** A probe as its store's row tells it. */
export function presentProbe(row: ProbeColumns, now: Date): StoreProbe {
  const probe = row.probe === null ? null : ProbeRecord.parse(row.probe);
  const weaknesses = probe ? weaknessesOf(probe) : [];
  return {
    standing: standingOf(row, weaknesses, now),
    probedAt: row.probed_at?.toISOString() ?? null,
    weaknesses,
    lines: probe?.lines ?? [],
    leftBehind: probe?.leftBehind ?? [],
    finding: findingOfRow({
      finding: row.probe_finding,
      finding_code: row.probe_finding_code,
      finding_params: row.probe_finding_params,
    }),
  };
}

export interface ProbeColumns {
  probe_state: 'queued' | 'running' | 'done' | 'failed' | null;
  probed_at: Date | null;
  probe: unknown;
  probe_finding: string | null;
  probe_finding_code: string | null;
  probe_finding_params: unknown;
}

function standingOf(
  { probe_state, probed_at }: ProbeColumns,
  weaknesses: Weakness[],
  now: Date,
): StoreProbe['standing'] {
  if (probe_state === 'queued' || probe_state === 'running' || probe_state === 'failed') return probe_state;
  if (!probed_at) return 'not-probed';
  if (now.getTime() - probed_at.getTime() > HOLDS_FOR_MS) return 'stale';
  return weaknesses.length > 0 ? 'weak' : 'sound';
}

const isUnderWay = (state: string | null) => state === 'queued' || state === 'running';
const NO_FINDING = { probe_finding: null, probe_finding_code: null, probe_finding_params: null };
