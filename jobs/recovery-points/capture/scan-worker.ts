/** The thread that walks. */
import { parentPort, workerData } from 'node:worker_threads';
import { type FileStats, StatsTable } from '../native/stat.ts';
import { encodePath } from '../paths.ts';
import { type Rules, readRules } from './rules.ts';
import { type ScanBatch, type ScanRequest, waitForRoom } from './scan.ts';
import { type Found, walkWith } from './walk.ts';

/** A first batch comes soon, so that work can begin. */
const FIRST = 64;
const AT_ONCE = 512;

const { root, rules, counts } = workerData as ScanRequest;

class Batch {
  count = 0;
  readonly #paths: Buffer[] = [];
  readonly #stats = StatsTable.for(AT_ONCE);
  readonly #failures: ScanBatch['failures'] = [];

  /** Looks at what is to be added next. */
  look(full: Buffer): FileStats {
    return this.#stats.look(this.count, full);
  }

  add({ path, stats, failure }: Found<FileStats>): void {
    this.#paths.push(path);
    if (failure) {
      const { code = 'EIO', errno = 0, message } = failure;
      this.#failures.push({ at: this.count, isSeen: stats !== null, code, errno, message });
    }
    this.count++;
  }

  close({ isLast, leftOut }: { isLast: boolean; leftOut: number }): ScanBatch {
    return {
      paths: Buffer.concat(this.#paths),
      lengths: Uint32Array.from(this.#paths, ({ length }) => length),
      stats: this.#stats.memory,
      failures: this.#failures,
      isLast,
      leftOut,
    };
  }
}

function scan(from: Buffer, given: Rules): void {
  const leavesOut = readRules(given);
  let leftOut = 0;
  const isOut = (path: Buffer) => {
    const out = leavesOut?.(encodePath(path)) ?? false;
    if (out) leftOut++;
    return out;
  };
  let batch = new Batch();
  let room = FIRST;
  const walking = { look: (full: Buffer) => batch.look(full), leavesOut: leavesOut && isOut };
  for (const found of walkWith(walking, from)) {
    batch.add(found);
    if (batch.count < room) continue;
    send(batch.close({ isLast: false, leftOut }));
    batch = new Batch();
    room = AT_ONCE;
  }
  send(batch.close({ isLast: true, leftOut }));
}

function send(batch: ScanBatch): void {
  const state = new Int32Array(counts);
  Atomics.add(state, 0, 1);
  parentPort!.postMessage(batch, [batch.stats]);
  waitForRoom(state);
}

scan(Buffer.from(root), rules);
