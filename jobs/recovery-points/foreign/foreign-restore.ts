/**
 * L3x: a point restored by other people's programs, with the commands of the page that lies beside it, in a bare root, and compared
 * with its manifest. What it adds to L3: the page is right, and nothing of ours is needed.
 */
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { openManifest, openTrustedHead } from '../open-point.ts';
import { ReadPool } from '../packs/read-pool.ts';
import { findPoint } from '../points.ts';
import { removeTree } from '../verify/scratch.ts';
import { BareRoot } from './bare-root.ts';
import { bringPoint } from './bring-point.ts';
import type { ForeignRequest, ForeignResult } from './contract.ts';
import { Trial } from './trial.ts';

/** Throws `EngineError` and `StoreError` where there is nothing to try it on. */
export async function foreignRestore(request: ForeignRequest): Promise<ForeignResult> {
  const { store, asset, trust, identity, scratchDir } = request;
  const pointId = await findPoint(store, asset, request.point);
  const opened = await openTrustedHead(store, asset, pointId, trust);
  const manifest = await openManifest(store, opened.head, identity);
  refuseDevices(manifest);
  const folder = await mkdtemp(path.join(scratchDir, 'foreign-'));
  try {
    const root = await BareRoot.build(folder);
    const began = performance.now();
    const paper = await bringPoint(request, opened, root);
    if (root.isolation === 'bare-path' && !paper.isOurs) throw notWalledOff();
    await using pool = new ReadPool(opened.head);
    return await new Trial({ request, opened, manifest, root, paper, pool, began }).run();
  } finally {
    await removeTree(folder);
  }
}

/** Only the system's own root makes them, and it is not let in here. */
function refuseDevices(manifest: Manifest): void {
  for (const line of manifest.lines()) {
    if (!line.includes('"device":[')) continue;
    const { path: where } = JSON.parse(line) as Entry;
    throw new EngineError(
      'inconclusive',
      because('foreign.device', { path: where }),
      `${where} is a device, which is not made in a bare root.`,
      { where },
    );
  }
}

/** Text from a store is not signed: what is not known to be ours runs behind walls or not at all. */
const notWalledOff = () =>
  new EngineError(
    'inconclusive',
    because('foreign.not-walled-off', {}),
    'The page in the store is not the one this version publishes, and this system has no walls to run it behind.',
    { where: 'RESTORE.md' },
  );
