/** The log of an incident or exercise, on its page. */
import {
  appendLogEntry,
  LOG_ENTRY_KINDS,
  type LogOf,
  NewLogEntry,
  readLog,
  verifyLog,
} from '#/plans/logbook.ts';
import type { Work } from '#/plans/work.ts';
import type { Kept, Notice, NounAction, SubList } from '../noun.ts';

export async function logPart(work: Work, of: LogOf): Promise<SubList> {
  const entries = await readLog(work, of);
  return {
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
  };
}

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
