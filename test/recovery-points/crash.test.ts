import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import {
  type BackupOrder,
  backupInChild,
  restoreInChild,
  verifyInChild,
} from '#/jobs/recovery-points/in-child.ts';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { ASSET, listTree, makeWorld, type World } from './world.ts';

describe('the engine in a process of its own', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    for (let i = 0; i < 20; i++)
      writeFileSync(path.join(world.source, `${i}`), Buffer.alloc(2_000_000, `${i} varied ${i * i} `));
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const store = () => ({ address: world.storeAddress, credentials: null });
  const order = (): BackupOrder => ({
    source: world.source,
    store: store(),
    asset: ASSET,
    recipients: [world.recipient],
    signingKey: world.signingKey,
    scratchDir: path.join(world.folder, 'scratch'),
  });
  const startChild = () => {
    const child = fork(new URL('../../jobs/recovery-points/child.ts', import.meta.url), {
      serialization: 'advanced',
    });
    child.send({ kind: 'backup', request: order() });
    return child;
  };

  it('backs up, verifies and restores, and tells how it goes', async () => {
    const phases = new Set<string>();
    const onProgress = ({ phase }: { phase: string }) => phases.add(phase);
    const { pointId } = await backupInChild(order(), { onProgress });
    const shared = {
      store: store(),
      asset: ASSET,
      point: pointId,
      identity: world.identity,
      trust: [world.publicKey],
    };
    const proof = await verifyInChild(
      { ...shared, level: 'L3', scratchDir: path.join(world.folder, 'scratch') },
      { onProgress },
    );
    const into = path.join(world.folder, 'restored');
    await restoreInChild({ ...shared, into, only: null }, { onProgress });
    expect(proof.reached).to.equal('L3');
    expect(listTree(into)).to.deep.equal(listTree(world.source));
    expect([...phases]).to.include.members([
      'scan',
      'pack',
      'publish',
      'verify',
      'compare',
      'plant',
      'restore',
    ]);
  });

  it('hands back errors with their kind, and no secret', async () => {
    const wrong = { ...order(), store: { address: 'file:///nowhere/at/all', credentials: null } };
    const error = await backupInChild(wrong).catch((thrown: unknown) => thrown as Error);
    expect(error).to.include({ name: 'StoreError', fault: 'unreachable' });
    const bad = await backupInChild({ ...order(), signingKey: world.signingKey.slice(30) }).catch(
      (thrown: unknown) => thrown as Error,
    );
    expect(bad).to.include({ name: 'EngineError', kind: 'call' });
    expect(JSON.stringify(bad) + (bad as Error).message).to.not.contain(world.signingKey.slice(40, 60));
  });

  it('can be called off', async () => {
    const abort = new AbortController();
    const outcome = backupInChild(order(), { signal: abort.signal, onProgress: () => abort.abort() });
    expect(
      await outcome.then(
        () => 'done',
        (error: Error) => error.name,
      ),
    ).to.equal('AbortError');
  });

  it('ends when whoever started it is gone', async () => {
    const child = startChild();
    await once(child, 'message');
    child.disconnect();
    expect((await once(child, 'exit'))[0]).to.equal(1);
  });

  it('killed at any moment leaves no half point listed, and the earlier one as sound as before', async function () {
    this.timeout(60_000);
    const { pointId } = await world.backUp();
    const took = await timeOf(startChild());
    let killed = 0;
    for (let round = 0; round < 7; round++) {
      const child = startChild();
      await Promise.race([once(child, 'exit'), sleep((took * (round + 1)) / 7)]);
      if (child.exitCode === null) killed++;
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      const { points } = await listPoints(world.store, ASSET, { trust: [world.publicKey] });
      for (const { signature } of points) expect(signature).to.equal('trusted');
    }
    expect(killed).to.be.greaterThan(2);
    const { points } = await listPoints(world.store, ASSET);
    for (const point of [pointId, points.at(-1)!.id])
      expect((await world.verify('L2b', { point })).verdict).to.equal('passed');
    const next = await world.backUp();
    expect((await world.verify('L3', { point: next.pointId })).reached).to.equal('L3');
    expect(readdirSync(path.join(world.folder, 'scratch'))).to.deep.equal([]);
  });
});

async function timeOf(child: ChildProcess): Promise<number> {
  const began = performance.now();
  await once(child, 'exit');
  return performance.now() - began;
}
