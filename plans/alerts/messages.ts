/**
 * Messages: deliveries on their way. Each is meant once and sent at least once: it is claimed, sent with no transaction
 * open, and written down. Who dies in between leaves it to be sent again, under the same id, by which its receiver knows it.
 */
import { sql } from 'kysely';
import { notFound } from '../errors.ts';
import { type Finding, findingColumns } from '../findings.ts';
import type { Work } from '../work.ts';
import { type Alert, findAlert } from './alerts.ts';
import type { AlertEventKind } from './events.ts';
import { findReach, type Reach } from './recipients.ts';

/** A worker that has not written down by then what came of it is dead. */
const LEASE_MS = 10 * 60_000;
/** Waits between tries; after the last one it is given up. */
const BACK_OFF_SECONDS = [60, 300, 900, 3600, 3600, 10_800, 21_600, 43_200];
const MOST_IN_DIGEST = 500;

/** What has to be sent now, with secrets still sealed. */
export interface Message {
  /** The same however often it is sent. */
  id: string;
  to: { kind: 'mail'; address: string; name: string } | SealedChannel;
  locale: string;
  provider: string;
  /** One of an alert, several of a digest, none of a test. */
  told: { occasion: AlertEventKind; alert: Alert }[];
  isDigest: boolean;
}

export interface SealedChannel {
  kind: 'webhook' | 'slack' | 'teams';
  sealedAddress: Buffer;
  sealedSecret: Buffer | null;
}

/** What came of sending it. `isFinal`: it will be refused each time. */
export type Sent =
  | { isAccepted: true; answer: string }
  | { isAccepted: false; finding: Finding; answer: string | null; isFinal: boolean };

/** Takes the next that is due, and all that goes with it in one digest. Null when nothing is due, or no more of what was asked for. */
export async function claimMessage(
  work: Work,
  { channelsOnly = false }: { channelsOnly?: boolean } = {},
): Promise<Message | null> {
  // Two who gather one digest at once would each hold what the other one lacks.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`alerts of ${work.provider}`}, 0))`.execute(
    work.db,
  );
  for (;;) {
    const first = await claimNext(work, channelsOnly);
    if (!first) return null;
    const rows = first.is_digest ? [first, ...(await claimRestOfDigest(work, first))] : [first];
    const told = await stillTrue(work, rows);
    if (told.length === 0 && first.alert_id !== null) continue;
    const reach = await findReach(work, first.recipient);
    const to = reach && reach.trouble === null ? await addressOf(work, reach) : null;
    if (!to) {
      await endMessage(work, first.batch_id ?? first.id, {
        isAccepted: false,
        answer: null,
        isFinal: true,
        finding: {
          code: 'alert.recipient-gone',
          params: { name: first.name },
          message: `Nothing reaches ${first.name} any more.`,
        },
      });
      continue;
    }
    const { name: provider } = await work.db.selectFrom('providers').select('name').executeTakeFirstOrThrow();
    return {
      id: first.batch_id ?? first.id,
      to,
      locale: reach!.locale,
      provider,
      told,
      isDigest: first.is_digest,
    };
  }
}

/** Writes down what came of it. Refused for now, it is tried again later; refused for good, or too often, it failed. */
export async function endMessage(work: Work, id: string, sent: Sent): Promise<void> {
  const rows = await work.db
    .selectFrom('alert_deliveries')
    .select(['id', 'tries'])
    .where('batch_id', '=', id)
    .where('state', '=', 'sending')
    .forUpdate()
    .execute();
  for (const { id: delivery, tries } of rows) {
    const wait = sent.isAccepted || sent.isFinal ? undefined : BACK_OFF_SECONDS[tries - 1];
    await work.db
      .updateTable('alert_deliveries')
      .set({
        answer: sent.answer?.slice(0, 2000) ?? null,
        ...findingColumns(sent.isAccepted ? null : sent.finding),
        ...(sent.isAccepted
          ? { state: 'accepted' as const, ended_at: work.now }
          : wait === undefined
            ? { state: 'failed' as const, ended_at: work.now }
            : { state: 'waiting' as const, due_at: new Date(work.now.getTime() + wait * 1000) }),
      })
      .where('id', '=', delivery)
      .execute();
  }
}

async function claimNext({ db, now }: Work, channelsOnly: boolean) {
  let next = db
    .selectFrom('alert_deliveries')
    .select('id')
    .where((row) =>
      row.or([
        row.and([row('state', '=', 'waiting'), row('due_at', '<=', now)]),
        row.and([row('state', '=', 'sending'), row('claimed_at', '<=', new Date(now.getTime() - LEASE_MS))]),
      ]),
    )
    .orderBy('due_at')
    .orderBy('id')
    .limit(1);
  if (channelsOnly) next = next.where('recipient', 'like', 'channel:%');
  return db
    .updateTable('alert_deliveries')
    .set({
      state: 'sending',
      claimed_at: now,
      tries: sql`tries + 1`,
      batch_id: sql<string>`coalesce(batch_id, id)`,
    })
    .where('id', '=', next)
    .returningAll()
    .executeTakeFirst();
}

type Row = NonNullable<Awaited<ReturnType<typeof claimNext>>>;

/** What was in it when it was first sent, or else all that waits for the same recipient by the same route. */
async function claimRestOfDigest({ db, now }: Work, first: Row): Promise<Row[]> {
  const rest = db
    .selectFrom('alert_deliveries')
    .select('id')
    .where('recipient', '=', first.recipient)
    .where('is_digest', '=', true)
    .where((row) =>
      first.tries > 1
        ? row('batch_id', '=', first.batch_id)
        : row.and([
            row('batch_id', 'is', null),
            row('state', '=', 'waiting'),
            row('due_at', '<=', now),
            sql<boolean>`route_id is not distinct from ${first.route_id}`,
          ]),
    )
    .where('id', '<>', first.id)
    .where('state', 'in', ['waiting', 'sending'])
    .orderBy('created_at')
    .limit(MOST_IN_DIGEST);
  return db
    .updateTable('alert_deliveries')
    .set({ state: 'sending', claimed_at: now, tries: sql`tries + 1`, batch_id: first.batch_id })
    .where('id', 'in', rest)
    .returningAll()
    .execute();
}

/** Leaves out what is over before anybody heard of it, and an escalation that somebody forestalled. */
async function stillTrue(work: Work, rows: Row[]): Promise<Message['told']> {
  const told: Message['told'] = [];
  const seen = new Set<string>();
  for (const row of rows.toSorted((left, right) => left.created_at.getTime() - right.created_at.getTime())) {
    if (row.alert_id === null || row.event_id === null) continue;
    const { kind, opening } = await work.db
      .selectFrom('alert_events')
      .select(['kind', 'opening'])
      .where('id', '=', row.event_id)
      .executeTakeFirstOrThrow();
    const occasion = kind as AlertEventKind;
    const alert = await findAlert(work, row.alert_id);
    const isOver =
      occasion === 'resolved'
        ? alert.opening !== opening
        : alert.state === 'resolved' || alert.opening !== opening;
    const isForestalled = occasion === 'escalated' && alert.state === 'acknowledged';
    // Sent once already, perhaps: whoever heard that it began shall hear it under the same id again.
    if ((isOver || isForestalled) && row.tries === 1) {
      await drop(work, row.id);
      continue;
    }
    if (!seen.has(`${occasion} ${alert.id}`)) told.push({ occasion, alert });
    seen.add(`${occasion} ${alert.id}`);
  }
  return told;
}

const drop = ({ db, now }: Work, id: string) =>
  db
    .updateTable('alert_deliveries')
    .set({ state: 'dropped', ended_at: now, ...findingColumns(null) })
    .where('id', '=', id)
    .execute();

async function addressOf({ db }: Work, { to, mail, name }: Reach): Promise<Message['to'] | null> {
  const [kind, id = ''] = to.split(':');
  if (kind !== 'channel') return mail === null ? null : { kind: 'mail', address: mail, name };
  const row = await db
    .selectFrom('alert_channels')
    .select(['kind', 'sealed_address', 'sealed_secret'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('alert-channel');
  return { kind: row.kind, sealedAddress: row.sealed_address, sealedSecret: row.sealed_secret };
}
