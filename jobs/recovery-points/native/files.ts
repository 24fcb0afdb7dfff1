/** Times to the nanosecond, and FIFOs and devices, for which Node has no calls. */
import { lutimesSync } from 'node:fs';
import { addressOf, loadCalls } from './library.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const KINDS = { fifo: 0o010000, character: 0o020000, block: 0o060000 };

const calls = loadCalls({
  utimensat: { arguments: ['i32', 'buffer', 'buffer', 'i32'], return: 'i32' },
  futimens: { arguments: ['i32', 'pointer'], return: 'i32' },
  mknod: { arguments: ['buffer', 'u32', 'u64'], return: 'i32' },
});
const times = Buffer.alloc(32);
const timesAt = calls && addressOf(times);

/** Whether times are given back exactly. Otherwise they are off by less than a microsecond. */
export const isExact = calls !== null;

/** Sets the time of change of anything, without following a symlink. `ns` is nanoseconds since 1970, as text. */
export function setMtime(path: Buffer, ns: string): void {
  if (calls) {
    writeTimes(ns);
    if (calls.utimensat(AT_FDCWD, asCText(path), times, AT_SYMLINK_NOFOLLOW) === 0) return;
  }
  lutimesSync(path, Number(ns) / 1e9, Number(ns) / 1e9);
}

/** The same for an open file. */
export function setMtimeOf(fd: number, path: Buffer, ns: string): void {
  if (calls && timesAt !== null) {
    writeTimes(ns);
    if (calls.futimens(fd, timesAt) === 0) return;
  }
  lutimesSync(path, Number(ns) / 1e9, Number(ns) / 1e9);
}

/** Makes a FIFO or a device. Answers false when this machine or user cannot. */
export function makeNode(path: Buffer, kind: keyof typeof KINDS, [major, minor]: [number, number]): boolean {
  if (!calls) return false;
  const [high, low] = [BigInt(major), BigInt(minor)];
  const device =
    ((high & 0xfffn) << 8n) | ((high & ~0xfffn) << 32n) | (low & 0xffn) | ((low & ~0xffn) << 12n);
  return calls.mknod(asCText(path), KINDS[kind] | 0o600, device) === 0;
}

/** Both times of the call, seconds and nanoseconds; the fraction counts up from the second, also before 1970. */
function writeTimes(ns: string): void {
  const whole = BigInt(ns);
  const second = 1_000_000_000n;
  const fraction = ((whole % second) + second) % second;
  for (const at of [0, 16]) {
    times.writeBigInt64LE((whole - fraction) / second, at);
    times.writeBigInt64LE(fraction, at + 8);
  }
}

function asCText(path: Buffer): Buffer {
  return Buffer.concat([path, Buffer.alloc(1)]);
}
