/**
 * What the file of a client told of its life under another service: exercises, incidents, decisions, texts that were in force. It is
 * kept word for word and shown as told. No rule, figure or proof reads it, so that nothing here counts for what was not lived here.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { canonical, sha256 } from './canonical.ts';
import { findClient } from './clients.ts';
import { notFound } from './errors.ts';
import type { Work } from './work.ts';

/** Who took it over, when, and from which file. */
const Telling = z.object({ by: z.string(), at: z.iso.datetime(), sha256: z.string() });
type Telling = z.infer<typeof Telling>;

export const ToldHead = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    noun: z.string().describe('What it was, for example `incident`'),
    title: z.string(),
    origin: z.uuid().describe('Its id where it was lived'),
    sha256: z
      .string()
      .describe('Of noun, origin, content and parts as canonical JSON, however often it is handed on'),
    told: z.array(Telling).describe('The first one first'),
  })
  .meta({ id: 'ToldHead' });
export type ToldHead = z.infer<typeof ToldHead>;

const Content = z.record(z.string(), z.unknown());

export const ToldRecord = ToldHead.extend({
  content: Content.describe('As it was told, with the ids it had there'),
  parts: Content.describe('What hangs on it: its log, its frozen text, its copies'),
  here: z.record(z.string(), z.uuid()).describe('Of the ids in its content, what is here, and its id here'),
}).meta({ id: 'ToldRecord' });
export type ToldRecord = z.infer<typeof ToldRecord>;

/** Without what its ids are here. */
export type ToldAlone = Omit<ToldRecord, 'here'>;

/** One to be kept. `before`: who took it over earlier. */
export interface NewTold extends Pick<ToldRecord, 'noun' | 'title' | 'origin' | 'content' | 'parts'> {
  before: Telling[];
}

/** A client that came from a file. */
export interface Taking {
  sha256: string;
  name: string;
  madeBy: string;
  madeAt: string;
  takenBy: string;
  takenAt: string;
}

export const hashOfTold = ({
  noun,
  origin,
  content,
  parts,
}: Pick<NewTold, 'noun' | 'origin' | 'content' | 'parts'>) =>
  sha256(canonical({ noun, origin, content, parts }));

const AT_ONCE = 500;
const MOST = 20_000;
const MOST_NAMING = 200;

/** Keeps what a file tells; the answer leads from ids of the file to ids here. */
export async function keepTold(work: Work, client: string, told: NewTold[]): Promise<Map<string, string>> {
  allow(work, 'client.change');
  const ids = new Map<string, string>();
  for (let start = 0; start < told.length; start += AT_ONCE) {
    const rows = await work.db
      .insertInto('told_records')
      .values(
        told.slice(start, start + AT_ONCE).map((one) => ({
          client_id: client,
          noun: one.noun,
          origin: one.origin,
          title: one.title,
          content: JSON.stringify(one.content),
          parts: JSON.stringify(one.parts),
          sha256: hashOfTold(one),
          told_before: JSON.stringify(one.before),
          told_by: work.actor.name,
          told_at: work.now,
        })),
      )
      .returning(['id', 'origin'])
      .execute();
    for (const { id, origin } of rows) ids.set(origin, id);
  }
  return ids;
}

/** Keeps from which file a client came, and which ids of the file became which ids here. */
export async function keepTaking(
  work: Work,
  client: string,
  { sha256, name, madeBy, madeAt }: Omit<Taking, 'takenBy' | 'takenAt'>,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  allow(work, 'client.change');
  await work.db
    .insertInto('client_takings')
    .values({
      client_id: client,
      sha256,
      told_name: name,
      made_by: madeBy,
      made_at: new Date(madeAt),
      taken_by: work.actor.name,
      taken_at: work.now,
      ids: JSON.stringify(Object.fromEntries(ids)),
    })
    .execute();
}

/** Null for a client that did not come from a file. */
export async function findTaking(work: Work, client: string): Promise<Taking | null> {
  await findClient(work, client);
  const row = await work.db
    .selectFrom('client_takings')
    .select(['sha256', 'told_name', 'made_by', 'made_at', 'taken_by', 'taken_at'])
    .where('client_id', '=', client)
    .executeTakeFirst();
  return row
    ? {
        sha256: row.sha256,
        name: row.told_name,
        madeBy: row.made_by,
        madeAt: row.made_at.toISOString(),
        takenBy: row.taken_by,
        takenAt: row.taken_at.toISOString(),
      }
    : null;
}

/** By title. */
export async function listTold(work: Work, client: string): Promise<ToldHead[]> {
  await findClient(work, client);
  const rows = await heads(work).where('told.client_id', '=', client).limit(MOST).execute();
  return rows.map(presentHead);
}

/** Those of one noun, whole. */
export async function readTold(work: Work, client: string, noun: string): Promise<ToldAlone[]> {
  const rows = await heads(work)
    .select(['told.content', 'told.parts'])
    .where('told.client_id', '=', client)
    .where('told.noun', '=', noun)
    .limit(MOST)
    .execute();
  return rows.map(present);
}

export async function findTold(work: Work, id: string): Promise<ToldRecord> {
  const told = await findToldAlone(work, id);
  const text = JSON.stringify(told.content);
  const named = [...(await idsHere(work, told.client))].filter(([origin]) => text.includes(origin));
  return { ...told, here: Object.fromEntries(named) };
}

async function findToldAlone(work: Work, id: string): Promise<ToldAlone> {
  const row = await heads(work)
    .select(['told.content', 'told.parts'])
    .where('told.id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('told');
  return present(row);
}

/** Told ones that speak of a record, of what is here or of another told one. */
export async function listToldNaming(work: Work, client: string, id: string): Promise<ToldHead[]> {
  const ids = await idsHere(work, client);
  const there = [...ids].filter(([, here]) => here === id).map(([origin]) => origin);
  if (there.length === 0) return [];
  const rows = await heads(work)
    .where('told.client_id', '=', client)
    .where(({ or }) => or(there.map((origin) => sql<boolean>`strpos(told.content::text, ${origin}) > 0`)))
    .limit(MOST_NAMING)
    .execute();
  return rows.map(presentHead).filter((told) => told.id !== id);
}

/** Ids of the file, and what they are here. What is told stands before what goes on here. */
export async function idsHere({ db }: Work, client: string): Promise<Map<string, string>> {
  const taking = await db
    .selectFrom('client_takings')
    .select('ids')
    .where('client_id', '=', client)
    .executeTakeFirst();
  if (!taking) return new Map();
  const told = await db
    .selectFrom('told_records')
    .select(['origin', 'id'])
    .where('client_id', '=', client)
    .limit(MOST)
    .execute();
  return new Map([
    ...Object.entries(taking.ids as Record<string, string>),
    ...told.map(({ origin, id }) => [origin, id] as const),
  ]);
}

/** The same with ids of here, as far as what they name is here. */
export function withIdsHere<Value>(value: Value, ids: ReadonlyMap<string, string>): Value {
  const named = (inner: unknown): unknown => {
    if (typeof inner === 'string') return ids.get(inner) ?? inner;
    if (Array.isArray(inner)) return inner.map(named);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, named(one)]));
  };
  return named(value) as Value;
}

const heads = ({ db }: Work) =>
  db
    .selectFrom('told_records as told')
    .innerJoin('client_takings as taking', (join) => join.onRef('taking.client_id', '=', 'told.client_id'))
    .select([
      'told.id',
      'told.client_id',
      'told.noun',
      'told.title',
      'told.origin',
      'told.sha256',
      'told.told_before',
      'told.told_by',
      'told.told_at',
      'taking.sha256 as file',
    ])
    .orderBy('told.title')
    .orderBy('told.id');

type HeadRow = Awaited<ReturnType<ReturnType<typeof heads>['executeTakeFirstOrThrow']>>;

const presentHead = (row: HeadRow): ToldHead => ({
  id: row.id,
  client: row.client_id,
  noun: row.noun,
  title: row.title,
  origin: row.origin,
  sha256: row.sha256,
  told: [
    ...(row.told_before as Telling[]),
    { by: row.told_by, at: row.told_at.toISOString(), sha256: row.file },
  ],
});

const present = (row: HeadRow & { content: unknown; parts: unknown }): ToldAlone => ({
  ...presentHead(row),
  content: row.content as ToldAlone['content'],
  parts: row.parts as ToldAlone['parts'],
});
