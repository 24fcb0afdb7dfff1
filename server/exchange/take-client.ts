/**
 * Takes a client over from a file, as a new one: by the verbs of each noun, so that the same rules hold. What was written goes on
 * here, and so does what is still to be done; proofs become declarations of whoever imports them; what was lived, decided or in force
 * under another service is kept as told. What stays in the file is named with its reason.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { record } from '#/plans/audit.ts';
import { createClient, NewClient } from '#/plans/clients.ts';
import type { Archive, Row } from '#/plans/exchange/client-archive.ts';
import type { Left } from '#/plans/exchange/left.ts';
import { keepTaking, keepTold } from '#/plans/told-records.ts';
import type { Work } from '#/plans/work.ts';
import type { AnyNoun } from '../records/noun.ts';
import type { ClientContent } from './client-file.ts';
import { declareProofs } from './declare-proofs.ts';
import { type IsHere, isSetUpAgain, leftBehind } from './left-behind.ts';
import { GOES_ON, TAKEN, type TakenRecords, type Taking, takeRecords } from './take-records.ts';
import { type Tellings, tellingsOf } from './tell-records.ts';

/** They come among the proofs, as the word of whoever imports them. */
const DECLARED = 'declarations';

/** They are told with the version whose id they bear. */
const PARTS_OF_VERSIONS = ['runbooks', 'call-trees'];

export interface TakenClient {
  id: string;
  /** By noun, how many go on here; `evidence`: as declarations. */
  taken: Record<string, number>;
  /** By noun, how many are kept as told. */
  told: Record<string, number>;
  left: Left[];
}

export interface ClientFile {
  content: ClientContent;
  sha256: string;
  /** Its name here; null: as in the file. */
  name: string | null;
}

export async function takeClient(work: Work, { content, sha256, name }: ClientFile): Promise<TakenClient> {
  const { client: from, records, archive } = content;
  const { id: client } = await createClient(
    work,
    NewClient.parse({ ...from, name: name ?? from.name, technicianPool: null }),
  );
  const tellings = tellingsOf(content, isLived);
  const taking: Taking = {
    work,
    client,
    ids: new Map([[from.id, client]]),
    partIds: new Map(),
    toldIds: await keepTold(work, client, tellings.told),
    known: new Set(
      Object.values(records)
        .flat()
        .map(({ id }) => String(id)),
    ),
  };
  nameAgain(taking, archive);
  const { here, lacking } = await takeRecords(taking, records);
  const evidence = await declareProofs(work, client, archive.evidence ?? [], sha256);
  const { madeBy, madeAt } = content;
  await keepTaking(work, client, { sha256, name: from.name, madeBy, madeAt }, idsToKeep(taking, archive));
  const isTold = toldIn(tellings);
  const isHere: IsHere = (path, id) => here.get(path)?.has(id) === true || isTold(path, id);
  const counts = {
    taken: { ...countsOf(here), ...(evidence > 0 && { evidence }) },
    told: countsTold(tellings, records, isTold),
  };
  await record(work, 'exchange.client-taken', { kind: 'client', id: client, client }, { sha256, ...counts });
  return { id: client, ...counts, left: leftOf(content, tellings, { isHere, lacking, declared: evidence }) };
}

/** What taking a client over would do: found out by doing it, and undone. */
export async function clientOutlook(work: Work, file: ClientFile): Promise<Omit<TakenClient, 'id'>> {
  await sql`savepoint outlook`.execute(work.db);
  try {
    const { id, ...outlook } = await takeClient(work, file);
    return outlook;
  } finally {
    await sql`rollback to savepoint outlook`.execute(work.db);
  }
}

/** A draft was in force nowhere: it is written on, or it stays. */
function isLived({ path }: AnyNoun, item: Row): boolean {
  if (path === 'plan-versions') return item.state !== 'draft';
  if (GOES_ON[path]) return !GOES_ON[path](item);
  return !TAKEN.includes(path) && path !== DECLARED && !isSetUpAgain(path);
}

/** What the file itself had as told is named there by an id of its own. */
function nameAgain({ toldIds }: Taking, { told_records = [] }: Archive) {
  for (const { id, origin } of told_records) {
    const here = toldIds.get(String(origin));
    if (here) toldIds.set(String(id), here);
  }
}

const Ids = z.record(z.uuid(), z.uuid());

/** Also what it was called in the file before, when the client was handed on more than once. */
function idsToKeep({ ids, partIds }: Taking, { client_takings = [] }: Archive): Map<string, string> {
  const earlier = Object.entries(Ids.safeParse(client_takings[0]?.ids).data ?? {});
  const own = new Map([...partIds, ...ids]);
  return new Map([
    ...earlier.flatMap(([origin, there]) => {
      const here = own.get(there);
      return here ? [[origin, here] as const] : [];
    }),
    ...own,
  ]);
}

const countsOf = (here: Map<string, Set<string>>): Record<string, number> =>
  Object.fromEntries([...here].map(([path, ids]) => [path, ids.size]).filter(([, count]) => count !== 0));

/** Whether a record of the file is kept as told: a runbook or call tree with the version whose id it bears. */
function toldIn({ told }: Tellings): IsHere {
  const keys = new Set(told.map(({ path, origin }) => `${path} ${origin}`));
  return (path, id) => keys.has(`${PARTS_OF_VERSIONS.includes(path) ? 'plan-versions' : path} ${id}`);
}

function countsTold({ told }: Tellings, records: ClientContent['records'], isTold: IsHere) {
  const counts = [
    ...[...Map.groupBy(told, ({ path }) => path)].map(([path, own]) => [path, own.length] as const),
    ...PARTS_OF_VERSIONS.map(
      (path) => [path, (records[path] ?? []).filter(({ id }) => isTold(path, String(id))).length] as const,
    ),
  ];
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function leftOf(
  { records, archive }: ClientContent,
  tellings: Tellings,
  { isHere, lacking, declared }: { isHere: IsHere; lacking: TakenRecords['lacking']; declared: number },
): Left[] {
  const { [DECLARED]: _, ...others } = records;
  const left = leftBehind({ records: others, archive }, tellings, { isHere, lacking });
  const older = (archive.evidence ?? []).length - declared;
  return older > 0
    ? [{ what: 'exchange.rows.evidence', count: older, reason: 'older', names: [] }, ...left]
    : left;
}
