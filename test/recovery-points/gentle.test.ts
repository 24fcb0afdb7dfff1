import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { backupInChild } from '#/jobs/recovery-points/in-child.ts';
import { ASSET, makeWorld, type World } from './world.ts';

const LOWEST = 19;
const MIB = 1 << 20;

describe('a gentle backup', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await makeWorld();
    writeFileSync(`${world.source}/large`, randomBytes(70 * MIB));
  });
  after(() => world?.[Symbol.asyncDispose]());

  const backUp = (isGentle: boolean) =>
    backupInChild({
      source: world.source,
      store: { address: world.storeAddress, credentials: null },
      asset: ASSET,
      recipients: [world.recipient],
      signingKey: world.signingKey,
      scratchDir: world.folder,
      limits: { isGentle, uploadBytesPerSecond: 40 * MIB },
    });

  it('runs at the lowest priority in all its threads, and seals in one', async () => {
    const seen = await watch(backUp(true));
    expect(seen).to.deep.equal({ sealers: 1, priorities: [LOWEST] });
  });

  it('is told from one that is not', async () => {
    const seen = await watch(backUp(false));
    expect(seen).to.deep.equal({ sealers: 2, priorities: [getPriority()] });
  });

  it('is one on the command line too', async () => {
    const keyFile = `${world.folder}/signing.key`;
    writeFileSync(keyFile, world.signingKey);
    const program = fileURLToPath(new URL('../../server/reprise.mjs', import.meta.url));
    const call = ['backup', world.source, '--to', world.storeAddress, '--asset', 'by-hand', '--gentle'];
    const keys = ['--recipient', world.recipient, '--sign-key', keyFile, '--upload-limit', '40'];
    const child = spawn(process.execPath, [program, ...call, ...keys], { stdio: 'ignore' });
    const seen = await watch(once(child, 'exit'));
    expect(child.exitCode).to.equal(0);
    expect(seen).to.deep.equal({ sealers: 1, priorities: [LOWEST] });
  });
});

/** What the processes that we began look like while one of them seals: threads that seal, and every priority. */
async function watch(work: Promise<unknown>): Promise<{ sealers: number; priorities: number[] }> {
  let isOver = false;
  const end = work.finally(() => {
    isOver = true;
  });
  let sealers = 0;
  const priorities = new Set<number>();
  while (!isOver) {
    for (const threads of childrenOf(process.pid).map(threadsOf)) {
      const sealing = threads.filter(({ name }) => name === 'seal').length;
      sealers = Math.max(sealers, sealing);
      if (sealing > 0) for (const { priority } of threads) priorities.add(priority);
    }
    await sleep(5);
  }
  await end;
  return { sealers, priorities: [...priorities] };
}

function childrenOf(pid: number): number[] {
  return tasksOf(pid).flatMap((task) =>
    readOr(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): { name: string; priority: number }[] {
  return tasksOf(pid).flatMap((task) => {
    const [, name, rest] = readOr(`/proc/${pid}/task/${task}/stat`).match(/^\d+ \((.*)\) (.*)/) ?? [];
    return name && rest ? [{ name, priority: Number(rest.split(' ')[16]) }] : [];
  });
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it ended meanwhile
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}
