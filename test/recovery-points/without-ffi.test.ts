import { execFileSync, fork } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { BackupResult, RestoreResult, VerifyResult } from '#/jobs/recovery-points/contract.ts';
import type { FromChild, Order } from '#/jobs/recovery-points/in-child.ts';
import { ASSET, listTree, makeWorld, type World } from './world.ts';

const CHILD = path.resolve('jobs/recovery-points/child.ts');

describe('a machine whose Node has no calls into the system’s libraries', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    mkdirSync(at('folder'));
    writeFileSync(at('folder/small'), 'small');
    writeFileSync(at('large'), Buffer.alloc(20_000_000, 'a line that comes back\n'));
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', at('folder/small')]);
    // Without the calls, times are right to a microsecond only.
    for (const name of ['folder/small', 'folder', 'large', '.']) utimesSync(at(name), 1.6e9, 1.6e9);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const at = (name: string) => path.join(world.source, name);
  const facts = () => ({
    store: { address: world.storeAddress, credentials: null },
    asset: ASSET,
    scratchDir: path.join(world.folder, 'scratch'),
  });
  const backUp = () => {
    const { source, recipient, signingKey, identity } = world;
    const request = { ...facts(), source, recipients: [recipient], signingKey, identity };
    return order({ kind: 'backup', request }) as Promise<BackupResult>;
  };
  const verify = () => {
    const { identity, publicKey } = world;
    const request = { ...facts(), point: 'latest', level: 'L3' as const, identity, trust: [publicKey] };
    return order({ kind: 'verify', request }) as Promise<VerifyResult>;
  };
  const restore = (into: string) => {
    const { identity, publicKey } = world;
    const request = { ...facts(), point: 'latest', identity, trust: [publicKey], into, only: null };
    return order({ kind: 'restore', request }) as Promise<RestoreResult>;
  };

  it('backs up, proves and restores all the same, and names what it cannot keep', async () => {
    const { state, reservations } = await backUp();
    expect(state).to.equal('complete');
    expect(reservations.map(({ path: where, code }) => [where, code])).to.deep.equal([
      ['.', 'capture.no-attributes'],
    ]);
    const { verdict, reached, checks, plantedFaults } = await verify();
    expect([verdict, reached], JSON.stringify(checks)).to.deep.equal(['passed', 'L3']);
    expect(plantedFaults.filter(({ caught }) => !caught)).to.deep.equal([]);
    expect(checks.map(({ observed }) => observed).join()).to.contain('extended attributes not compared');
    const into = path.join(world.folder, 'restored');
    expect((await restore(into)).reservations).to.deep.equal([]);
    expect(listTree(into)).to.deep.equal(listTree(world.source));
    expect((await world.verify('L3')).verdict).to.equal('passed');
  });

  it('gives back the content of a point made elsewhere, and names the attributes it could not set', async () => {
    await world.backUp();
    const into = path.join(world.folder, 'restored');
    const { reservations } = await restore(into);
    expect(reservations).to.deep.equal([
      { path: 'folder/small', reason: 'its attribute user.note could not be set here' },
    ]);
    expect(listTree(into)).to.deep.equal(listTree(world.source));
  });

  it('leaves no point to build on for a machine that can read attributes', async () => {
    await backUp();
    expect((await backUp()).fullBecause).to.equal(null);
    expect((await world.backUp({ onLast: true })).fullBecause).to.equal('attributes-not-read');
    expect((await world.backUp({ onLast: true })).fullBecause).to.equal(null);
  });
});

/** Has the engine do one thing in a process and threads that cannot load `node:ffi`. */
function order(wanted: Order): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const child = fork(CHILD, {
    execArgv: [],
    env: { PATH: process.env.PATH, NODE_OPTIONS: '--no-experimental-ffi' },
    serialization: 'advanced',
  });
  child.on('message', (message: FromChild) => {
    if (message.kind === 'result') resolve(message.result);
    if (message.kind === 'error') reject(new Error(message.error.stack));
  });
  child.on('exit', (code) => reject(new Error(`It ended without an answer, with ${code}.`)));
  child.send(wanted);
  return promise;
}
