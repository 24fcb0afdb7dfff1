import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Check } from '#/jobs/recovery-points/contract.ts';
import { verifyInChild } from '#/jobs/recovery-points/in-child.ts';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { readFile } from '#/jobs/recovery-points/restore/one-file.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { StoreError } from '#/jobs/stores/store.ts';
import { startProxy } from '../stores/proxy.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { ASSET, listTree, makeHostileTree, makeWorld, type World } from './world.ts';

describe('a recovery point in an S3 bucket', () => {
  let server: S3Server;
  let world: World;
  const bucket = `points-${process.pid}`;
  before(async function () {
    this.timeout(60_000);
    server = await sharedS3Server(this);
    await server.createBucket(bucket);
    world = await makeWorld();
    makeHostileTree(world.source);
  });
  after(() => world?.[Symbol.asyncDispose]());

  const credentials = () => ({ accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey });
  const address = (endpoint = server.endpoint) =>
    `s3://${bucket}/client-a?endpoint=${endpoint}&region=${server.region}`;

  it('is made, listed, proven and restored as in a folder', async () => {
    const store = await openStore(address(), { credentials: credentials() });
    const { pointId } = await world.backUp({ store });
    expect((await listPoints(store, ASSET)).points.map(({ id }) => id)).to.deep.equal([pointId]);
    const request = {
      store: { address: address(), credentials: credentials() },
      asset: ASSET,
      point: pointId,
      trust: [world.publicKey],
    };
    const proof = await verifyInChild({
      ...request,
      level: 'L3',
      identity: world.identity,
      scratchDir: world.folder,
    });
    expect([proof.verdict, proof.reached], JSON.stringify(proof.checks)).to.deep.equal(['passed', 'L3']);
    const into = `${world.folder}/restored`;
    await restore({
      store,
      asset: ASSET,
      point: 'latest',
      identity: world.identity,
      trust: [],
      into,
      only: null,
    });
    expect(listTree(into)).to.deep.equal(listTree(world.source));
    const pieces: Buffer[] = [];
    const facts = { store, asset: ASSET, point: 'latest', identity: world.identity, trust: [] };
    const write = async (piece: Buffer) => void pieces.push(Buffer.from(piece));
    const { bytes } = await readFile({ ...facts, path: 'large', write });
    expect([bytes, Buffer.concat(pieces).equals(readFileSync(`${world.source}/large`))]).to.deep.equal([
      5_000_001,
      true,
    ]);
    await store.close();
  });

  it('is compared by the SHA-256 that the store computed itself, where it keeps one', async () => {
    await using proxy = await FaultyProxy.start(new URL(server.endpoint));
    proxy.checkChecksums();
    const at = address(proxy.endpoint).replace('client-a', 'checksums');
    const open = (checksums: 'none' | 'sha256') => openStore(at, { credentials: credentials(), checksums });
    const [plain, store] = [await open('none'), await open('sha256')];
    const { packs } = await world.backUp({ store });
    const told = (checks: Check[]) => checks.find(({ name }) => name === 'store-checksum');

    const proof = await world.verify('L1', { store });
    expect([proof.verdict, proof.reached]).to.deep.equal(['passed', 'L1']);
    expect(told(proof.checks)?.observed).to.equal(
      `${packs + 1} of ${packs + 1} compared by the store's own SHA-256`,
    );
    expect(proof.plantedFaults.filter(({ level }) => level === 'L1')).to.have.length(1);
    expect((await world.verify('L1', { store: plain })).verdict).to.equal('inconclusive');

    const [victim] = await Array.fromAsync(store.list(`${ASSET}/packs/`));
    const swapped = Buffer.alloc(victim!.bytes, 'x');
    await store.put(victim!.key, swapped);
    const bad = await world.verify('L1', { store });
    expect([bad.verdict, bad.reached]).to.deep.equal(['failed', 'L0']);
    const { where, because, observed } = told(bad.checks)!;
    expect([where, because?.code]).to.deep.equal([victim!.key, 'object.other-checksum']);
    expect(observed).to.equal(hash('sha256', swapped));
    await Promise.all([plain.close(), store.close()]);
  });

  it('survives connections that are cut while it is proven', async () => {
    await using proxy = await startProxy(new URL(server.endpoint));
    const store = await openStore(address(`http://127.0.0.1:${proxy.port}`), { credentials: credentials() });
    proxy.cut(3, 2_000);
    expect((await world.verify('L2b', { store })).verdict).to.equal('passed');
    await store.close();
  });

  it('fails its proof where a pack lies there damaged, and names it', async () => {
    await using proxy = await FaultyProxy.start(new URL(server.endpoint));
    const store = await openStore(address(proxy.endpoint), { credentials: credentials() });
    proxy.rot(/\/packs\//);
    const proof = await world.verify('L2a', { store });
    expect(proof.verdict).to.equal('failed');
    expect(JSON.stringify(proof.checks)).to.contain('pack.damaged');
    await store.close();
  });

  it('is nobody’s fault when the keys are wrong: nothing is said of the data', async () => {
    const store = await openStore(address(), { credentials: { ...credentials(), secretAccessKey: 'wrong' } });
    const outcome = await world.verify('L2a', { store }).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(StoreError).and.include({ fault: 'denied' });
    await store.close();
  });
});
