/**
 * What of a client's file is kept as told: what was lived, decided or in force there. What was frozen or chained there has to be as
 * its hash says; what is not stays in the file.
 */
import { z } from 'zod';
import { sha256 } from '#/plans/canonical.ts';
import type { Archive, Row } from '#/plans/exchange/client-archive.ts';
import { type ChainedEntry, faultOf, LogEntry } from '#/plans/logbook.ts';
import { hashOfVersion } from '#/plans/plan-content.ts';
import { frozenOf, type PlanVersion } from '#/plans/plan-versions.ts';
import { hashOfTold, type NewTold } from '#/plans/told-records.ts';
import type { AnyNoun } from '../records/noun.ts';
import { nouns } from '../records/nouns/index.ts';
import type { ClientContent } from './client-file.ts';

/** `altered`: not as its hash says. `unreadable`: not as such a thing is told. */
export type Fault = 'altered' | 'unreadable';

export interface Tellings {
  /** `path`: of its noun in addresses. */
  told: (NewTold & { path: string })[];
  /** What could not be kept. */
  faults: { path: string; id: string; fault: Fault }[];
}

/** `isLived` says which records of a noun are told; what the file itself has as told is told again. */
export function tellingsOf(
  { records, archive }: Pick<ClientContent, 'records' | 'archive'>,
  isLived: (noun: AnyNoun, item: Row) => boolean,
): Tellings {
  const known = new Set<string>();
  const tellings: Tellings = { told: [], faults: [] };
  const add = (path: string, id: unknown, one: NewTold | Fault) => {
    const key = `${path} ${id}`;
    if (typeof one === 'string' || known.has(key))
      tellings.faults.push({ path, id: String(id), fault: typeof one === 'string' ? one : 'unreadable' });
    else tellings.told.push({ ...one, path });
    known.add(key);
  };
  const rows = rowsBy(archive);
  for (const row of archive.told_records ?? []) {
    const noun = nouns.find(({ name }) => name === row.noun);
    add(noun?.path ?? String(row.noun), row.origin, noun ? toldAgain(noun, row, archive) : 'unreadable');
  }
  for (const noun of nouns)
    for (const item of records[noun.path] ?? [])
      if (isLived(noun, item)) add(noun.path, item.id, toldFirst(noun, item, rows));
  return tellings;
}

/** Rows of a table by what stands in a column, put in order once. */
type RowsBy = (table: string, column: string, value: string) => Row[];

function rowsBy(archive: Archive): RowsBy {
  const known = new Map<string, Map<unknown, Row[]>>();
  return (table, column, value) => {
    const own = known.getOrInsertComputed(`${table} ${column}`, () =>
      Map.groupBy(archive[table] ?? [], (row) => row[column]),
    );
    return own.get(value) ?? [];
  };
}

function toldFirst(noun: AnyNoun, content: Row, rows: RowsBy): NewTold | Fault {
  const item = noun.item.safeParse(content);
  if (!item.success) return 'unreadable';
  const parts = partsOf(noun.name, String(content.id), rows);
  if (!isSound(noun.name, content, parts) || isCutOff(content, parts, rows)) return 'altered';
  return {
    noun: noun.name,
    title: noun.titleOf(item.data),
    origin: String(content.id),
    content,
    parts,
    before: [],
  };
}

const ToldRow = z.object({
  noun: z.string(),
  origin: z.uuid(),
  content: z.record(z.string(), z.unknown()),
  parts: z.record(z.string(), z.unknown()),
  sha256: z.string(),
  told_before: z.array(z.object({ by: z.string(), at: z.iso.datetime(), sha256: z.string() })),
  told_by: z.string(),
  told_at: z.iso.datetime(),
});
const TakingRow = z.object({ sha256: z.string() });

function toldAgain(noun: AnyNoun, row: Row, { client_takings = [] }: Archive): NewTold | Fault {
  const read = ToldRow.safeParse(row);
  const file = TakingRow.safeParse(client_takings[0]);
  if (!read.success || !file.success) return 'unreadable';
  const { origin, content, parts, told_before, told_by, told_at } = read.data;
  const item = noun.item.safeParse(content);
  if (!item.success || content.id !== origin) return 'unreadable';
  if (hashOfTold(read.data) !== read.data.sha256 || !isSound(noun.name, content, parts)) return 'altered';
  return {
    noun: noun.name,
    title: noun.titleOf(item.data),
    origin,
    content,
    parts,
    before: [...told_before, { by: told_by, at: told_at, sha256: file.data.sha256 }],
  };
}

/** What hangs on a record and is not told with it. */
function partsOf(noun: string, id: string, rows: RowsBy): Row {
  switch (noun) {
    case 'incident':
      return { log: logOf(rows('log_entries', 'incident_id', id)) };
    case 'exercise':
      return { log: logOf(rows('log_entries', 'exercise_id', id)) };
    case 'study':
      return { content: rows('bia_studies', 'id', id)[0]?.content ?? null };
    case 'plan-version':
      return { copies: rows('distributions', 'plan_version_id', id).map(copyOf) };
    default:
      return {};
  }
}

const logOf = (rows: Row[]) =>
  rows
    .map(({ seq, at, recorded_at, author, kind, text, corrects, previous_hash, hash }) => ({
      seq,
      at,
      recordedAt: recorded_at,
      author,
      kind,
      text,
      corrects,
      previousHash: previous_hash,
      hash,
    }))
    .sort((left, right) => Number(left.seq) - Number(right.seq));

const copyOf = ({ name, channel, sha256: hash, sent_at, sent_by, read_at, read_by }: Row) => ({
  name,
  channel,
  sha256: hash,
  sentAt: sent_at,
  sentBy: sent_by,
  readAt: read_at,
  readBy: read_by,
});

export const ToldLog = z.array(LogEntry.extend({ previousHash: z.string() }));

/** Whether what was frozen or chained is as its hash says. */
function isSound(noun: string, content: Row, parts: Row): boolean {
  switch (noun) {
    case 'incident':
      return isChained('incident', String(content.id), parts.log);
    case 'exercise':
      return isChained('exercise', String(content.id), parts.log);
    case 'study':
      return typeof parts.content === 'string' && sha256(parts.content) === content.sha256;
    case 'plan-version':
      return isAsHashed(content as unknown as PlanVersion);
    default:
      return true;
  }
}

function isChained(kind: 'incident' | 'exercise', id: string, log: unknown): boolean {
  const entries = ToldLog.safeParse(log);
  return entries.success && faultOf({ kind, id }, entries.data satisfies ChainedEntry[]) === null;
}

/** What was withdrawn as a draft has no hash. */
const isAsHashed = (version: PlanVersion): boolean =>
  (version.sha256 === null || hashOfVersion(frozenOf(version)) === version.sha256) &&
  version.approvals.every((approval) => approval.sha256 === version.sha256);

/** Entries cut off at the end show in the trail, which knows of each. */
function isCutOff({ id }: Row, { log }: Row, rows: RowsBy): boolean {
  if (!Array.isArray(log)) return false;
  const appended = rows('audit_events', 'object_id', String(id)).filter(
    ({ action }) => action === 'log.appended',
  );
  return appended.length !== log.length;
}
