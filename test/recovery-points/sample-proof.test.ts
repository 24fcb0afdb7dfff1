import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { PackProof, VerifyRequest } from '#/jobs/recovery-points/contract.ts';
import { joinProofs } from '#/jobs/recovery-points/verify/rotation.ts';
import { verify } from '#/jobs/recovery-points/verify/verify.ts';
import { ASSET, makeWorld, type World } from './world.ts';

describe('a proof with a budget', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
    // Files that do not fit the packs' borders, over two runs.
    for (let i = 0; i < 24; i++) writeFileSync(at(`file-${i}`), randomBytes(3_000_001));
    await world.backUp({ onLast: true });
    for (let i = 0; i < 6; i++) writeFileSync(at(`later-${i}`), randomBytes(3_000_001));
    await world.backUp({ onLast: true });
  });
  after(() => world[Symbol.asyncDispose]());

  const at = (name: string) => path.join(world.source, name);
  const prove = (options: Partial<VerifyRequest>) =>
    verify({
      store: world.store,
      asset: ASSET,
      point: 'latest',
      level: 'L2b',
      identity: world.identity,
      trust: [world.publicKey],
      scratchDir: path.join(world.folder, 'scratch'),
      ...options,
    });
  const budget = { bytes: 60_000_000 };

  it('reads what was never read, then the stalest, until everything was read', async () => {
    let proven: PackProof[] = [];
    const seen: string[][] = [];
    let day = 0;
    for (let run = 0; run < 4; run++) {
      const now = () => new Date(Date.UTC(2026, 0, 1 + day++ / 1000));
      const { proofs, scope, verdict, checks } = await prove({ budget, proven, now });
      expect(verdict, JSON.stringify(checks)).to.equal('passed');
      expect(scope.packsRead).to.equal(proofs.length).and.to.be.lessThan(scope.packsCited);
      expect(new Set(proofs.map(({ level }) => level))).to.deep.equal(new Set(['L2b']));
      proven = joinProofs(proven, proofs, []);
      seen.push(proofs.map(({ sha256 }) => sha256));
      expect(scope.neverRead).to.equal(scope.packsCited - proven.length);
      if (scope.neverRead === 0) expect(scope.oldestProofAt).to.be.a('string');
    }
    const head = await prove({ level: 'L0' });
    expect(proven).to.have.length(head.scope.packsCited);
    expect(seen[0]!.some((sha256) => seen[1]!.includes(sha256))).to.equal(false);
  });

  it('passes as a sample only: no level above L0 is reached', async () => {
    for (const level of ['L2a', 'L2b'] as const) {
      const { verdict, reached, levels, scope, plantedFaults } = await prove({ level, budget });
      expect([verdict, reached, scope.isSample]).to.deep.equal(['passed', 'L0', true]);
      expect(levels.filter(({ isSample }) => isSample).map((one) => one.level)).to.deep.equal(
        level === 'L2a' ? ['L1', 'L2a'] : ['L1', 'L2a', 'L2b'],
      );
      expect(plantedFaults.every(({ caught }) => caught)).to.equal(true);
    }
    const generous = await prove({ budget: { seconds: 1000 } });
    expect([generous.reached, generous.scope.packsRead]).to.deep.equal(['L0', generous.scope.packsCited]);
    const full = await prove({});
    expect([full.reached, full.scope.isSample]).to.deep.equal(['L2b', false]);
    expect(full.proofs).to.have.length(full.scope.packsCited);
  });

  it('stays within its bytes, and says so where that is too little for one pack', async () => {
    const { fetchedBytes } = await prove({ budget });
    expect(fetchedBytes).to.be.lessThan(budget.bytes + 1_000_000);
    const none = await prove({ budget: { bytes: 1000 } });
    expect([none.verdict, none.scope.packsRead]).to.deep.equal(['inconclusive', 0]);
    expect(none.checks.map(({ because }) => because?.code)).to.include('level.budget-too-small');
    const wrong = await prove({ level: 'L3', budget }).catch((error: Error) => error.message);
    expect(wrong).to.contain('for level L2a or L2b');
  });

  it('finds damage in what it reads, proves that no more, and tells what it means', async () => {
    const { proofs } = await prove({});
    const folder = path.join(world.storeFolder, ASSET, 'packs');
    const ids = readdirSync(path.join(world.storeFolder, ASSET, 'snapshots')).sort();
    const lastPack = proofs.at(-1)!.sha256;
    const file = path.join(folder, `${lastPack}.tar.zst.age`);
    const whole = readFileSync(file);
    const spoilt = Buffer.from(whole);
    spoilt[1000]! ^= 1;
    writeFileSync(file, spoilt);
    const stale = proofs.map((proof) => ({
      ...proof,
      at: proof.sha256 === lastPack ? '2026-01-01T00:00:00.000Z' : proof.at,
    }));
    const result = await prove({ budget, proven: stale });
    writeFileSync(file, whole);
    expect(result.verdict).to.equal('failed');
    expect(result.proofs.map(({ sha256 }) => sha256)).to.not.include(lastPack);
    const { damage, scope } = result;
    expect(scope.neverRead).to.equal(1);
    expect(damage!.packs).to.deep.equal([lastPack]);
    expect(damage!.files!.first.every((name) => name.startsWith('later-'))).to.equal(true);
    expect(damage!.otherPoints).to.deep.equal([]);
    expect(damage!.newestWhole).to.include({ point: ids[0], packsProven: damage!.newestWhole!.packsCited });
  });

  it('tells which other points need a pack that is gone, and that none is whole', async () => {
    const head = (await prove({ level: 'L2a' })).proofs[0]!.sha256;
    const file = path.join(world.storeFolder, ASSET, 'packs', `${head}.tar.zst.age`);
    const whole = readFileSync(file);
    const [first] = readdirSync(path.join(world.storeFolder, ASSET, 'snapshots')).sort();
    rmSync(file);
    const { damage } = await prove({ level: 'L0' });
    writeFileSync(file, whole);
    expect(damage).to.deep.include({ packs: [head], otherPoints: [first], newestWhole: null });
    expect(damage!.files!.count).to.be.greaterThan(4);
    expect(damage!.files!.first).to.include('file-0');
  });
});
