/** What a source holds and a point does not, thing by thing with the reason, by a list that owes nothing to the backup. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OwnList } from '../sources/own-list.ts';
import type { Store } from '../stores/store.ts';
import { readRules } from './capture/rules.ts';
import type { ManifestFacts } from './manifest/facts.ts';
import { openManifest, openTrustedHead } from './open-point.ts';

const TOLD = 1000;
const LINES_A_TURN = 5000;
/** Added to each list, and never in a point: whether what is left out would be seen. */
const PLANTED = 'reprise-planted-omission';

export interface Omissions {
  /** How many things the source holds, and of these how many the point does. */
  listed: number;
  held: number;
  /** Changed or made after the backup began, so that no point can hold them yet. */
  newer: number;
  /** Told by the backup itself: unreadable, vanished, a socket. */
  reserved: number;
  /** Left out on purpose, by the rule that does it. */
  ruledOut: Record<string, number>;
  /** Left out without a word; the first thousand by name. */
  omitted: { count: number; first: string[] };
  /** Tables that nobody can date: they count when the next look finds them missing still. */
  unconfirmed: string[];
  /** Other databases of the same server. */
  beside: string[];
  unseen: number;
  /** Whether something planted in the list was found to be missing. */
  caught: boolean;
}

interface Request {
  store: Store;
  asset: string;
  point: string;
  identity: string;
  trust: string[];
  /** Missing at an earlier look, before this point was begun. */
  missedBefore: readonly string[];
}

export async function findOmissions(list: OwnList, request: Request): Promise<Omissions> {
  const { store, asset, point, identity, trust, missedBefore } = request;
  const { head } = await openTrustedHead(store, asset, point, trust);
  const manifest = await openManifest(store, head, identity);
  const held = new Map<string, boolean>();
  if (list.kind === 'files') {
    let lines = 0;
    for (const { path, line } of manifest.scan()) {
      held.set(path, line.includes(',"reservation":{'));
      if (++lines % LINES_A_TURN === 0) await nextTurn();
    }
  } else for (const table of tablesOf(manifest.facts)) held.set(table, false);
  return compareLists(list, { held, facts: manifest.facts, missedBefore });
}

/** `held`: what a point holds, and whether with a reservation. */
export function compareLists(
  { things, beside, unseen, kind }: OwnList,
  {
    held,
    facts,
    missedBefore,
  }: {
    held: ReadonlyMap<string, boolean>;
    facts: Pick<ManifestFacts, 'startedAt' | 'rules'>;
    missedBefore: readonly string[];
  },
): Omissions {
  const began = Date.parse(facts.startedAt);
  const rules = rulesOf(facts);
  const before = new Set([...missedBefore, PLANTED]);
  const found: Omissions = {
    ...{ listed: 0, held: 0, newer: 0, reserved: 0, ruledOut: {}, unconfirmed: [], beside, unseen },
    omitted: { count: 0, first: [] },
    caught: false,
  };
  const planted = { name: PLANTED, changedAt: kind === 'files' ? began - 1 : null, ruledOut: null };
  for (const { name, changedAt, ruledOut } of [...things, planted]) {
    const isPlanted = name === PLANTED;
    if (!isPlanted) found.listed++;
    const isReserved = held.get(name);
    const rule = ruledOut ?? rules.find(({ leavesOut }) => leavesOut(name))?.rule;
    if (isReserved === false) found.held++;
    else if (isReserved) found.reserved++;
    else if (rule !== undefined) found.ruledOut[rule] = (found.ruledOut[rule] ?? 0) + 1;
    else if (changedAt !== null && changedAt >= began) found.newer++;
    else if (changedAt === null && !before.has(name)) found.unconfirmed.push(name);
    else if (isPlanted) found.caught = true;
    else {
      found.omitted.count++;
      if (found.omitted.first.length < TOLD) found.omitted.first.push(name);
    }
  }
  return found;
}

/** Each excluding rule by itself, so that it can be named. */
function rulesOf({ rules: { include, exclude } }: Pick<ManifestFacts, 'rules'>) {
  return exclude.map((rule) => ({
    rule,
    leavesOut: readRules({ include, exclude: [rule] }) ?? (() => false),
  }));
}

function tablesOf({ inventory }: ManifestFacts): string[] {
  if (!inventory || !('tables' in inventory)) return [];
  return inventory.tables.map(({ schema, name }) => (schema === '' ? name : `${schema}.${name}`));
}
