/** One session: a tree that changes, a store that fills, and after each step nothing that the model did not expect. */
import { type ChildProcess, type ChildProcessByStdio, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { type BackupResult, LEVELS } from '#/jobs/recovery-points/contract.ts';
import { removePoints } from '#/jobs/recovery-points/expire/remove-points.ts';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import type { KnownPoint } from '#/jobs/recovery-points/reconcile/reconcile.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { ASSET, makeWorld, type World } from '../world.ts';
import { type Cut, cutAt } from './cut-store.ts';
import type { KilledBackup } from './killed-backup.ts';
import { Model } from './model.ts';
import { Operator } from './operator.ts';
import { Random } from './random.ts';
import { look } from './tree.ts';

const WORKS = {
  change: 160,
  snapshot: 9,
  cut: 3,
  kill: 1,
  snapshotWhileWritten: 0.8,
  expire: 1.5,
  verify: 2.5,
  restore: 3,
  restorePart: 1.5,
  restoreByScript: 1.6,
} as const;

const HOUR_MS = 3_600_000;
const CLOCK_STEPS = [1, 50, 60_000, HOUR_MS, 26 * HOUR_MS, 8 * 24 * HOUR_MS, -HOUR_MS, -20 * 24 * HOUR_MS];
const BUSY = 'busy';
/** A backup of a session goes through as many, in a small store and in one of many points. */
const MOST_AWAITS = [800, 5000];

/** What went wrong, and at which step. */
export class Mismatch extends Error {
  readonly step: number;

  constructor(step: number, done: string, cause: unknown) {
    super(`step ${step} (${done}): ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.step = step;
  }
}

/** How often each kind of step was done. */
export type Tally = Record<string, number>;

/** Does the steps of these numbers. The same seed and number make the same step of the same tree. */
export async function runSession(seed: number, steps: Iterable<number>): Promise<Tally> {
  await using world = await makeWorld();
  const session = new Session(world, seed);
  const tally: Tally = {};
  let last = 0;
  for (const step of steps) {
    const done = await session.step(step);
    tally[done] = (tally[done] ?? 0) + 1;
    last = step;
  }
  await session.end(last + 1);
  return tally;
}

class Session {
  readonly #world: World;
  readonly #seed: number;
  readonly #model = new Model();
  #random = new Random(0);
  #now = Date.now();
  #restored = 0;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#seed = seed;
  }

  async step(number: number): Promise<string> {
    this.#random = new Random(this.#seed, number);
    const work = this.#random.weighted(WORKS);
    try {
      await this[work]();
    } catch (error) {
      throw new Mismatch(number, work, error);
    }
    return work;
  }

  /** At the end every point that is left is looked at. */
  async end(number: number): Promise<void> {
    this.#random = new Random(this.#seed, number);
    for (const id of this.#model.ids)
      try {
        await this.#compareRestored(id, null);
      } catch (error) {
        throw new Mismatch(number, `end, ${id}`, error);
      }
  }

  async change(): Promise<void> {
    new Operator(this.#world.source, this.#random).act();
  }

  async snapshot(): Promise<void> {
    const leftOut = this.#random.chance(0.1) ? this.#random.pick(['a', 'b', 'folder']) : null;
    const { pointId } = await this.#world.backUp({ ...this.#how(), ...rulesFor(leftOut) });
    this.#model.remember(pointId, { tree: look(this.#world.source), busy: null, leftOut });
    await this.#expectListed();
  }

  async cut(): Promise<void> {
    const cut = this.#random.pick<Cut>(['before', 'after', 'silence']);
    const { store, silent, endSilence, hasHead } = cutAt(1 + this.#random.below(16), cut, this.#world.store);
    const backup = this.#world.backUp({ ...this.#how(), store });
    const outcome = backup.then(
      ({ pointId }) => pointId,
      (error: Error) => {
        if (error.name !== 'StoreError') throw error;
        return null;
      },
    );
    await Promise.race([outcome, silent]);
    await this.#adopt(hasHead() ? 1 : 0);
    endSilence();
    const pointId = await outcome;
    if (pointId && !this.#model.ids.includes(pointId))
      throw new Error(`${pointId} was made and is not listed`);
  }

  async kill(): Promise<void> {
    const [code, signal] = await once(this.#startKilledBackup(), 'exit');
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the backup ended with ${code ?? signal}`);
    await this.#adopt(1);
  }

  async snapshotWhileWritten(): Promise<void> {
    const { source } = this.#world;
    const busy = path.join(source, BUSY);
    // Made anew: a file in it might have another name elsewhere, which is not to change.
    rmSync(busy, { recursive: true, force: true });
    mkdirSync(busy);
    // Before the writer begins: what it writes may go while it is looked at.
    const tree = look(source);
    const writer = spawn('sh', ['-c', WRITER], { cwd: busy, stdio: ['ignore', 'pipe', 'pipe'] });
    // A program that the shell had just started lives on for a moment, and holds these pipes open.
    const ended = once(writer, 'close');
    const { pointId } = await this.#backUpBeside(writer).finally(() => {
      writer.kill('SIGKILL');
      return ended;
    });
    this.#model.remember(pointId, { tree, busy: BUSY, leftOut: null });
    await this.snapshot();
    await this.#compareRestored(this.#model.ids.at(-1)!, null);
  }

  async #backUpBeside(writer: ChildProcessByStdio<null, Readable, Readable>): Promise<BackupResult> {
    writer.stderr.resume();
    await once(writer.stdout, 'data');
    writer.stdout.resume();
    return this.#world.backUp({
      ...this.#how(),
      onProgress: () => this.#random.chance(0.3) && writer.kill('SIGKILL'),
    });
  }

  /** Some points go; now and then the process dies on the way, or a backup that died less than a day ago is in it. */
  async expire(): Promise<void> {
    const { store, publicKey } = this.#world;
    if (this.#random.chance(0.8)) await this.#forgetMarkers();
    const { points } = await listPoints(store, ASSET, { trust: [publicKey] });
    const [going, known] = [[], []] as [KnownPoint[], KnownPoint[]];
    for (const { id, headSha256 } of points)
      (this.#random.chance(0.3) ? going : known).push({ point: id, headSha256 });
    const isCut = this.#random.chance(0.4);
    const cut = this.#random.pick<Cut>(['before', 'after']);
    const through = isCut ? cutAt(1 + this.#random.below(60), cut, store).store : store;
    const done = await removePoints(through, ASSET, { going, known }).catch((error: Error) => {
      if (error.name !== 'StoreError') throw error;
      return null;
    });
    const left = new Set(await this.#listed());
    const lost = known.find(({ point }) => !left.has(point));
    if (lost) throw new Error(`${lost.point} was to stay`);
    const isThere = going.find(({ point }) => left.has(point));
    if (done && !done.blocked && isThere) throw new Error(`${isThere.point} was to go`);
    const tooMuch = done?.removed.find((point) => left.has(point));
    if (tooMuch) throw new Error(`${tooMuch} is said to be gone`);
    for (const { point } of going) if (!left.has(point)) this.#model.forget(point);
    await this.#expectListed();
  }

  /** As if a day had gone by. */
  async #forgetMarkers(): Promise<void> {
    const { store } = this.#world;
    for await (const { key } of store.list(`${ASSET}/running/`)) await store.remove(key);
  }

  async verify(): Promise<void> {
    const id = this.#pickPoint();
    if (!id) return;
    const level = this.#random.pick(LEVELS);
    const { verdict, reached, checks, plantedFaults } = await this.#world.verify(level, { point: id });
    const expected = level === 'L1' ? 'inconclusive L0' : `passed ${level}`;
    if (`${verdict} ${reached}` === expected) return;
    const wrong = [
      ...checks.filter((check) => check.verdict !== 'passed'),
      ...plantedFaults.filter(({ caught }) => !caught),
    ];
    throw new Error(`${level} of ${id} ${verdict}: ${JSON.stringify(wrong.slice(0, 3))}`);
  }

  async restore(): Promise<void> {
    const id = this.#pickPoint();
    if (id) await this.#compareRestored(id, null);
  }

  async restorePart(): Promise<void> {
    const id = this.#pickPoint();
    const paths = id ? this.#model.plainPaths(id) : [];
    if (id && paths.length > 0 && !this.#model.isBusy(id))
      await this.#compareRestored(id, this.#random.pick(paths));
  }

  async restoreByScript(): Promise<void> {
    const id = this.#pickPoint();
    if (!id) return;
    const { folder, storeFolder, identityFile } = this.#world;
    const bin = path.join(folder, 'bin');
    if (mkdirSync(bin, { recursive: true })) symlinkSync('/usr/bin/mawk', path.join(bin, 'awk'));
    const into = this.#newFolder();
    const args = ['--asset', ASSET, '--point', id, '--identity', identityFile, '--into', into];
    const { status, stderr } = spawnSync('dash', [path.join(storeFolder, 'restore.sh'), ...args], {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}` },
    });
    if (status !== 0 && !(status === 3 && this.#model.isBusy(id)))
      throw new Error(`restore.sh ended with ${status}: ${stderr.slice(0, 500)}`);
    this.#compareTree(id, into, null);
  }

  /** A clock that runs on, jumps, and is set back; and mostly a point that builds on the last. */
  #how() {
    this.#now += this.#random.pick(CLOCK_STEPS);
    return { now: () => new Date(this.#now), onLast: this.#random.chance(0.85) };
  }

  #pickPoint(): string | null {
    const { ids } = this.#model;
    return ids.length === 0 ? null : this.#random.pick(ids);
  }

  async #compareRestored(id: string, only: string | null): Promise<void> {
    const { store, identity, publicKey } = this.#world;
    const into = this.#newFolder();
    await restore({ store, asset: ASSET, point: id, identity, trust: [publicKey], into, only });
    this.#compareTree(id, into, only);
  }

  #compareTree(id: string, into: string, only: string | null): void {
    const wrong = this.#model.compare(id, look(into), only);
    rmSync(into, { recursive: true });
    if (wrong.length > 0)
      throw new Error(`${id}${only === null ? '' : `, ${only}`}:\n  ${wrong.join('\n  ')}`);
  }

  #newFolder(): string {
    return path.join(this.#world.folder, `restored-${this.#restored++}`);
  }

  async #listed(): Promise<string[]> {
    const { store, publicKey } = this.#world;
    const { points, incomplete } = await listPoints(store, ASSET, { trust: [publicKey] });
    const unsound = [
      ...incomplete.filter(({ reason }) => !reason.includes('no head')).map(({ id }) => id),
      ...points.filter(({ signature }) => signature !== 'trusted').map(({ id }) => id),
    ];
    if (unsound.length > 0) throw new Error(`listed and not sound: ${unsound.join()}`);
    return points.map(({ id }) => id).sort();
  }

  async #expectListed(): Promise<void> {
    const [listed, expected] = [(await this.#listed()).join(), this.#model.ids.join()];
    if (listed !== expected) throw new Error(`listed are ${listed}, and not ${expected}`);
  }

  /** A point whose head was written before the end came is one, and must be whole. */
  async #adopt(atMost: number): Promise<void> {
    const found = (await this.#listed()).filter((id) => !this.#model.ids.includes(id));
    if (found.length > atMost) throw new Error(`${found.join()} was cut off and is listed`);
    const tree = look(this.#world.source);
    for (const id of found) this.#model.remember(id, { tree, busy: null, leftOut: null });
    await this.#expectListed();
  }

  #startKilledBackup(): ChildProcess {
    const { source, storeAddress, recipient, signingKey, folder, identity } = this.#world;
    const { now, onLast } = this.#how();
    const child = fork(new URL('./killed-backup.ts', import.meta.url));
    const order: KilledBackup = {
      request: {
        asset: ASSET,
        recipients: [recipient],
        signingKey,
        scratchDir: path.join(folder, 'scratch'),
        ...(onLast && { identity }),
      },
      source,
      storeAddress,
      now: now().getTime(),
      awaits: 1 + this.#random.below(this.#random.pick(MOST_AWAITS)),
    };
    child.send(order);
    return child;
  }
}

/** Files that grow, shrink, go and are replaced, as quickly as a shell can. */
const WRITER = `echo begun
for i in 1 2 3 4 5 6 7 8; do head -c 400000 /dev/zero >large$i; done
while :; do
  for i in 1 2 3 4 5 6 7 8; do
    echo line >>grows$i; : >large$i; echo $i >new; mv new same$i; head -c 400000 /dev/zero >large$i; rm -f gone$((9 - i)); echo x >gone$i
    printf %s $((i % 2)) 1<>same-size
  done
done`;

function rulesFor(leftOut: string | null) {
  return leftOut === null ? {} : { rules: { include: [], exclude: [leftOut] } };
}
