/** The JSON of another program: lists of things by the names that its own API gives them. */
import { Refusal } from '#/plans/errors.ts';
import type { Sent } from '#/plans/exchange/uploads.ts';
import { fromCisoAssistant, isCisoAssistant } from './ciso-assistant.ts';
import type { Lists, Thing } from './export-tables.ts';
import { fromMercator, isMercator } from './mercator.ts';

export function readExport(bytes: Buffer): Pick<Sent, 'kind' | 'tables' | 'notes'> {
  const lists = listsIn(parse(bytes));
  if (isCisoAssistant(lists)) return { kind: 'ciso-assistant', ...fromCisoAssistant(lists) };
  if (isMercator(lists)) return { kind: 'mercator', ...fromMercator(lists) };
  throw new Refusal('invalid', 'exchange.unknown-json');
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new Refusal('invalid', 'exchange.broken-json', {}, { cause });
  }
}

/** Addresses of an API become names: `logical-servers` and `logical_servers` are the same. A list alone has no name. */
function listsIn(value: unknown): Lists {
  const alone = thingsIn(value);
  if (alone) return new Map([['', alone]]);
  return new Map(
    Object.entries(value as object).flatMap(([name, list]): [string, Thing[]][] => {
      const things = thingsIn(list);
      return things ? [[name.replaceAll('-', '_'), things]] : [];
    }),
  );
}

/** A list as it is, or as pages of an API wrap it. */
function thingsIn(value: unknown): Thing[] | null {
  const wrapped = value as { data?: unknown; results?: unknown } | null;
  const list = Array.isArray(value) ? value : (wrapped?.data ?? wrapped?.results);
  if (!Array.isArray(list)) return null;
  return list.filter((one): one is Thing => typeof one === 'object' && one !== null && 'id' in one);
}
