/** The log of an incident or exercise, on its page. */
import { z } from 'zod';
import {
  appendLogEntry,
  LOG_ENTRY_KINDS,
  LogEntry,
  type LogOf,
  NewLogEntry,
  readLog,
  verifyLog,
} from '#/plans/logbook.ts';
import type { Work } from '#/plans/work.ts';
import type { AsTold, Kept, Notice, NounAction, SubList } from '../noun.ts';

export const logPart = async (work: Work, of: LogOf): Promise<SubList> =>
  entriesPart(await readLog(work, of));

/** The log that a file told. */
export const toldLog = async (
  _work: Work,
  _item: unknown,
  { log }: Record<string, unknown>,
): Promise<AsTold> => ({ parts: [entriesPart(z.array(LogEntry).parse(log))] });

const entriesPart = (entries: LogEntry[]): SubList => ({
  name: 'log',
  columns: [
    { name: 'seq', kind: 'number' },
    { name: 'at', kind: 'moment' },
    { name: 'kind', kind: 'choice', values: LOG_ENTRY_KINDS, words: 'log-kind' },
    { name: 'text', kind: 'text' },
    { name: 'corrects', kind: 'number' },
    { name: 'author', kind: 'line' },
    { name: 'recordedAt', kind: 'moment' },
  ],
  rows: entries.map((entry) => ({ href: null, values: { ...entry } })),
});

/** Said only when the log is not as it was written. */
export async function logNotices(work: Work, of: LogOf): Promise<Notice[]> {
  const { isIntact, at, finding } = await verifyLog(work, of);
  return isIntact
    ? []
    : [{ kind: 'danger', reason: { key: `log.broken-${finding}`, params: { number: at ?? 0 } } }];
}

export const logAction = <Item extends Kept>(
  kind: LogOf['kind'],
  isOffered: (item: Item) => boolean,
): NounAction<Item> => ({
  name: 'log',
  fields: [
    { name: 'at', kind: 'moment', optional: true },
    { name: 'kind', kind: 'choice', values: LOG_ENTRY_KINDS, words: 'log-kind' },
    { name: 'text', kind: 'text', max: 10_000 },
    { name: 'corrects', kind: 'number', optional: true },
  ],
  input: NewLogEntry,
  right: 'log.write',
  isOffered,
  run: (work, id, entry) => appendLogEntry(work, { kind, id }, entry),
});
