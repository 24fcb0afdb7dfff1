/** What damage means: which files are affected, which other points, and what there is to go back to. */
import { type Store, StoreError } from '../../stores/store.ts';
import { type Damage, EngineError, type PackProof } from '../contract.ts';
import type { Head } from '../head.ts';
import { packKey } from '../layout.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { objectionTo, openManifest } from '../open-point.ts';
import { listPointIds, openHead } from '../points.ts';
import { citedObjects, findAbsent } from './presence.ts';
import { joinProofs } from './rotation.ts';
import type { Run } from './run.ts';

const FIRST_FILES = 100;

/** Looks around once something that was stored is found bad. Null where nothing is, or only the trial restore differs. */
export async function findDamage(run: Run): Promise<Damage | null> {
  const isStored = ({ verdict, level }: { verdict: string; level: string }) =>
    verdict === 'failed' && level !== 'L3';
  if (!run.ledger.checks.some(isStored)) return null;
  const { asset, packs } = run.head.opened.head;
  const bad = new Set(
    packs.map(({ sha256 }) => sha256).filter((sha256) => run.badKeys.has(packKey(asset, sha256))),
  );
  return { packs: [...bad], files: await affectedFiles(run, bad), ...(await lookElsewhere(run, bad)) };
}

async function affectedFiles(
  { request, head, badPaths }: Run,
  bad: ReadonlySet<string>,
): Promise<Damage['files']> {
  if (!request.identity || bad.size + badPaths.size === 0) return null;
  try {
    const manifest = await openManifest(request.store, head.opened.head, request.identity);
    const affected = entriesIn(manifest, bad);
    for (const path of badPaths) affected.add(path);
    return { count: affected.size, first: [...affected].slice(0, FIRST_FILES) };
  } catch (error) {
    if (error instanceof EngineError || error instanceof StoreError) return null;
    throw error;
  }
}

/** Paths whose members lie in bad packs, be it in part, and further names of such files. */
function entriesIn(manifest: Manifest, bad: ReadonlySet<string>): Set<string> {
  const { packs } = manifest;
  const affected = new Set<string>();
  const names: [path: string, first: string][] = [];
  for (const { path, at, type, line } of manifest.scan()) {
    if (!at) continue;
    if (type === 'link') names.push([path, (JSON.parse(line) as Entry).link ?? '']);
    let left = at[1] + at[2];
    for (let index = at[0]; left > 0 && index < packs.length; index++) {
      if (bad.has(packs[index]!.sha256)) affected.add(path);
      left -= packs[index]!.plainBytes;
    }
  }
  for (const [path, first] of names) if (affected.has(first)) affected.add(path);
  return affected;
}

/** Other points, the newest first. A store that does not answer any more leaves the question open. */
async function lookElsewhere(
  run: Run,
  bad: ReadonlySet<string>,
): Promise<Pick<Damage, 'otherPoints' | 'newestWhole'>> {
  const { store, asset, trust, proven = [] } = run.request;
  const proofs = joinProofs(proven, run.proofs, bad);
  const objects = remembering(store);
  const otherPoints: string[] = [];
  let newestWhole: Damage['newestWhole'] = null;
  try {
    const ids = (await listPointIds(store, asset)).filter((id) => id !== run.head.opened.head.point);
    for (const id of ids.reverse()) {
      const head = await soundHead(store, asset, id, trust);
      if (!head) continue;
      if (head.packs.some(({ sha256 }) => bad.has(sha256))) otherPoints.push(id);
      else if (!newestWhole && (await findAbsent(objects, citedObjects(head))).length === 0)
        newestWhole = wholePoint(head, proofs);
    }
    return { otherPoints, newestWhole };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { otherPoints: null, newestWhole };
  }
}

async function soundHead(store: Store, asset: string, id: string, trust: string[]): Promise<Head | null> {
  try {
    const { head, signature } = await openHead(store, asset, id, trust);
    return objectionTo(signature, id) ? null : head;
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'data') return null;
    throw error;
  }
}

function wholePoint(
  { point, dataTime, packs }: Head,
  proofs: PackProof[],
): NonNullable<Damage['newestWhole']> {
  const times = new Map(proofs.map(({ sha256, at }) => [sha256, at]));
  const read = packs.flatMap(({ sha256 }) => times.get(sha256) ?? []).sort();
  return {
    point,
    dataTime,
    packsProven: read.length,
    packsCited: packs.length,
    oldestProofAt: read[0] ?? null,
  };
}

/** Points share packs: each is looked at once. */
function remembering(store: Pick<Store, 'head'>): Pick<Store, 'head'> {
  const seen = new Map<string, ReturnType<Store['head']>>();
  return {
    head(key) {
      const found = seen.get(key) ?? store.head(key);
      seen.set(key, found);
      return found;
    },
  };
}
