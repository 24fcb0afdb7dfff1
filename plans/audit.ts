/** The audit trail: what happened, by whom. Each event is chained to the one before it when its transaction commits. */
import { z } from 'zod';
import { allow } from './access.ts';
import {
  type Anchored,
  CHAIN_START,
  type ChainHead,
  type ChainLine,
  type ChainState,
  judgeChain,
  NO_ANCHORS,
} from './audit-chain.ts';
import { canonical } from './canonical.ts';
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
export async function record(
  work: Pick<Work, 'db' | 'actor' | 'now'> & Partial<Work>,
  action: string,
  object: AuditObject,
  details: object = {},
) {
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

/** What to look for in the trail; all of it must fit. */
export const AuditSearch = z.object({
  client: z.uuid().optional(),
  actor: z.string().trim().max(200).optional().describe('A part of the name of who did it'),
  action: z.string().trim().max(100).optional().describe('As `asset.changed`, or its beginning'),
  kind: z.string().trim().max(100).optional().describe('What kind of thing it was about'),
  object: z.string().trim().max(300).optional().describe('Id of the thing it was about: its history'),
  from: z.iso.date().optional().describe('First day, in UTC'),
  until: z.iso.date().optional().describe('Last day, in UTC'),
  text: z.string().trim().max(200).optional().describe('A part of what the event holds'),
});
export type AuditSearch = z.infer<typeof AuditSearch>;

/** Events newest first, 100 at a time; `before` is the number of the oldest one already seen. */
export async function listAuditEvents(
  work: Work,
  { before = null, ...search }: AuditSearch & { before?: number | null },
): Promise<AuditEvent[]> {
  allow(work, 'audit.read');
  const { client, actor, action, kind, object, from, until, text } = search;
  let query = work.db.selectFrom('audit_events').selectAll().where('seq', 'is not', null);
  if (client) query = query.where('client_id', '=', client);
  if (actor) query = query.where('actor', 'ilike', `%${literal(actor)}%`);
  if (action) query = query.where('action', 'like', `${literal(action)}%`);
  if (kind) query = query.where('object_kind', '=', kind);
  if (object) query = query.where('object_id', '=', object);
  if (from) query = query.where('at', '>=', new Date(`${from}T00:00:00Z`));
  if (until) query = query.where('at', '<', new Date(Date.parse(`${until}T00:00:00Z`) + DAY_MS));
  if (text) query = query.where('content', 'ilike', `%${literal(text)}%`);
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

/** What somebody typed, with nothing in it that stands for other text. */
const literal = (typed: string) => typed.replace(/[\\%_]/g, '\\$&');

const PAGE = 1000;
const DAY_MS = 86_400_000;

/** Reads the whole chain of the provider and computes every hash again. Needs all clients in scope. */
export async function verifyChain(
  { db }: Pick<Work, 'db'>,
  anchored: Anchored = NO_ANCHORS,
): Promise<ChainState> {
  const before = await readHead(db);
  const heads = before.seq > 0 ? [...anchored.heads, before] : anchored.heads;
  const state = await judgeChain(chainLines({ db }), { ...anchored, heads });
  const { events } = state;
  // Events may have come meanwhile, and the head with them; what is beyond it was put there past the trigger.
  const after = await readHead(db);
  const isPutBehind = state.intact
    ? events > after.seq || (await hasUnchained(db))
    : state.at > Math.max(after.seq, anchored.contents.length);
  if (isPutBehind) return { intact: false, events, at: after.seq + 1, alteration: 'inserted' };
  if (events < before.seq && state.intact)
    return { intact: false, events, at: events + 1, alteration: 'cut-off' };
  return state;
}

/** All events of the provider as the chain sees them, by their numbers. */
export async function* chainLines({ db }: Pick<Work, 'db'>): AsyncGenerator<ChainLine> {
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = await db
      .selectFrom('audit_events')
      .selectAll()
      .where('seq', '>', last)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const row of rows)
      yield {
        seq: row.seq ?? 0,
        previousHash: row.previous_hash ?? '',
        hash: row.hash ?? '',
        content: row.content,
        agrees: agrees(row),
      };
    if (rows.length < PAGE) return;
    last = rows.at(-1)?.seq ?? last;
  }
}

async function readHead(db: Work['db']): Promise<ChainHead> {
  const head = await db.selectFrom('audit_heads').select(['seq', 'hash']).executeTakeFirst();
  return head ?? { seq: 0, hash: CHAIN_START };
}

/** An event is chained when it is committed, so others' transactions show none without a number. */
async function hasUnchained(db: Work['db']): Promise<boolean> {
  const row = await db.selectFrom('audit_events').select('id').where('seq', 'is', null).executeTakeFirst();
  return row !== undefined;
}

interface EventRow {
  content: string;
  client_id: string | null;
  at: Date;
  actor: string;
  action: string;
  object_kind: string;
  object_id: string;
}

function agrees(row: EventRow): boolean {
  const content = readContent(row.content);
  return (
    content?.at === row.at.toISOString() &&
    content.actor?.name === row.actor &&
    content.action === row.action &&
    content.object?.kind === row.object_kind &&
    content.object?.id === row.object_id &&
    content.object?.client === row.client_id
  );
}

/** What somebody wrote over it may be no JSON at all. */
function readContent(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
