/** Calls of the C library that Node has no name for: times to the nanosecond, and FIFOs and devices. */
import { lutimesSync } from 'node:fs';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const KINDS = { fifo: 0o010000, character: 0o020000, block: 0o060000 };

interface Calls {
  utimensat(folder: number, path: Buffer, times: Buffer, flags: number): number;
  mknod(path: Buffer, mode: number, device: bigint): number;
}

const calls = load();
const times = Buffer.alloc(32);

/** Whether times are given back exactly. Otherwise they are off by less than a microsecond. */
export const isExact = calls !== null;

/** Sets the time of change of anything, without following a symlink. */
export function setMtime(path: Buffer, ns: bigint): void {
  const second = 1_000_000_000n;
  const fraction = ((ns % second) + second) % second;
  if (!calls) {
    lutimesSync(path, Number(ns) / 1e9, Number(ns) / 1e9);
    return;
  }
  for (const at of [0, 16]) {
    times.writeBigInt64LE((ns - fraction) / second, at);
    times.writeBigInt64LE(fraction, at + 8);
  }
  if (calls.utimensat(AT_FDCWD, asCText(path), times, AT_SYMLINK_NOFOLLOW) !== 0)
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

function asCText(path: Buffer): Buffer {
  return Buffer.concat([path, Buffer.alloc(1)]);
}

/** `node:ffi` is new and says so in a warning, which is no news to who runs a restore. */
function load(): Calls | null {
  if (process.platform !== 'linux') return null;
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    const { dlopen } = process.getBuiltinModule('node:ffi');
    const { functions } = dlopen(null, {
      utimensat: { arguments: ['i32', 'buffer', 'buffer', 'i32'], return: 'i32' },
      mknod: { arguments: ['buffer', 'u32', 'u64'], return: 'i32' },
    });
    return functions as unknown as Calls;
  } catch {
    // Another C library or an older Node: what cannot be done exactly is done nearly, or reported.
    return null;
  } finally {
    process.emitWarning = emitWarning;
  }
}
