/** The audit trail: what happened, by whom. Each event is chained to the one before it when its transaction commits. */
import { z } from 'zod';
import { allow } from './access.ts';
import { canonical, sha256 } from './canonical.ts';
import type { Work } from './work.ts';

/** What an event is about. `client` is null for what concerns the provider as a whole. */
export interface AuditObject {
  kind: string;
  id: string;
  client: string | null;
}

export const AuditEvent = z
  .object({
    id: z.uuid(),
    seq: z.int(),
    at: z.iso.datetime(),
    actor: z.string(),
    action: z.string(),
    client: z.uuid().nullable(),
    object: z.object({ kind: z.string(), id: z.string() }),
    hash: z.string(),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof AuditEvent>;

/** Writes one event in the same transaction as the change it tells of. `details` must not hold a secret. */
export async function record(work: Work, action: string, object: AuditObject, details: object = {}) {
  const { db, actor, now } = work;
  const content = canonical({
    at: now,
    actor: { kind: actor.kind, id: actor.id, name: actor.name, role: actor.role },
    action,
    object,
    details,
  });
  await db
    .insertInto('audit_events')
    .values({
      client_id: object.client,
      at: now,
      actor: actor.name,
      action,
      object_kind: object.kind,
      object_id: object.id,
      content,
    })
    .execute();
}

/** Events newest first, 100 at a time; `before` is the number of the oldest one already seen. */
export async function listAuditEvents(
  work: Work,
  { client, before }: { client: string | null; before: number | null },
): Promise<AuditEvent[]> {
  allow(work, 'audit.read');
  let query = work.db.selectFrom('audit_events').selectAll().where('seq', 'is not', null);
  if (client) query = query.where('client_id', '=', client);
  if (before) query = query.where('seq', '<', before);
  const rows = await query.orderBy('seq', 'desc').limit(100).execute();
  return rows.map((row) => ({
    id: row.id,
    seq: row.seq ?? 0,
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    client: row.client_id,
    object: { kind: row.object_kind, id: row.object_id },
    hash: row.hash ?? '',
  }));
}

/** What a check of the chain found. `at` is the number of the first event that is not as it was written. */
export type ChainState =
  | { intact: true; events: number; head: string }
  | { intact: false; events: number; at: number; finding: string };

export const CHAIN_START = '0'.repeat(64);
const PAGE = 1000;

/** Reads the whole chain of the provider and computes every hash again. Needs all clients in scope. */
export async function verifyChain({ db }: Pick<Work, 'db'>): Promise<ChainState> {
  let previous = CHAIN_START;
  let seq = 0;
  for (;;) {
    const rows = await db
      .selectFrom('audit_events')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      const finding = findFault(row, seq + 1, previous);
      if (finding) return { intact: false, events: seq, at: seq + 1, finding };
      seq += 1;
      previous = row.hash ?? '';
    }
    if (rows.length < PAGE) break;
  }
  const head = await db.selectFrom('audit_heads').selectAll().executeTakeFirst();
  if ((head?.seq ?? 0) !== seq || (head?.hash ?? CHAIN_START) !== previous)
    return { intact: false, events: seq, at: seq + 1, finding: 'The end of the chain is missing.' };
  return { intact: true, events: seq, head: previous };
}

interface EventRow {
  seq: number | null;
  previous_hash: string | null;
  hash: string | null;
  content: string;
  client_id: string | null;
  at: Date;
  actor: string;
  action: string;
  object_kind: string;
  object_id: string;
}

function findFault(row: EventRow, seq: number, previous: string): string | null {
  if (row.seq !== seq) return `Event ${seq} is missing.`;
  if (row.previous_hash !== previous) return `Event ${seq} does not follow the one before it.`;
  if (row.hash !== sha256(`${previous}\n${seq}\n${row.content}`)) return `Event ${seq} was changed.`;
  if (!agrees(row)) return `The columns of event ${seq} do not agree with its content.`;
  return null;
}

function agrees(row: EventRow): boolean {
  const content = JSON.parse(row.content);
  return (
    content.at === row.at.toISOString() &&
    content.actor.name === row.actor &&
    content.action === row.action &&
    content.object.kind === row.object_kind &&
    content.object.id === row.object_id &&
    content.object.client === row.client_id
  );
}
