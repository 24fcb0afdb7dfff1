/** What a manifest may say at all. A key signs it, but whoever holds that key may mean harm: nothing is taken on trust. */
import type { SourceReservation } from '../../sources/source.ts';
import type { Entry } from './entry.ts';
import type { Checked, Frame, ManifestFacts, RunPack } from './facts.ts';

/** More than any writer makes, and little enough for memory. */
const MAX_PLAIN_BYTES = 1 << 30;

const KNOWN = [
  ...['path', 'type', 'sha256', 'at', 'copy', 'sparse', 'xattrs', 'link', 'device', 'size', 'mode'],
  ...['uid', 'gid', 'user', 'group', 'mtime', 'ctime', 'ino', 'reservation'],
];

/**
 * A whole line in the order of `entryLine`; empty groups tell that something is there. A key that stood twice would be
 * one thing to who scans and another to who parses, so none can.
 */
const LINE = new RegExp(
  [
    String.raw`^\{"path":"(CHARS)","type":"([a-z]+)"`,
    String.raw`(?:,"sha256":"[0-9a-f]{64}"())?(?:,"at":\[(\d{1,9}),(\d{1,15}),(\d{1,16})\])?(?:,"copy":TEXT())?`,
    String.raw`(?:,"sparse":\[(?:\[\d{1,16},\d{1,16}\],?)*\]())?(?:,"xattrs":\{(?:TEXT:"[A-Za-z0-9+/=]*",?)*\})?`,
    String.raw`(?:,"link":TEXT())?(?:,"device":\[\d{1,10},\d{1,10}\])?(?:,"size":(\d{1,16}))?`,
    String.raw`(?:,"mode":"[0-7]{1,4}","uid":\d{1,10},"gid":\d{1,10}())?(?:,"user":TEXT)?(?:,"group":TEXT)?`,
    String.raw`(?:,"mtime":"-?\d{1,20}"())?(?:,"ctime":"-?\d{1,20}","ino":"\d{1,20}")?(?:,"reservation":(\{.*\}))?`,
    // What a later writer may add: plain values under names that are not taken.
    String.raw`(?:,"(?!(?:${KNOWN.join('|')})")[A-Za-z0-9-]+":(?:TEXT|-?\d{1,20}|true|false|null))*\}$`,
  ]
    .join('')
    .replaceAll('TEXT', '"CHARS"')
    .replaceAll('CHARS', String.raw`[^"\\\u0000-\u001f]*`),
);
const STORED = ['file', 'directory', 'link', 'symlink', 'fifo', 'character', 'block'];

/** What a line tells when it is written as lines are, and has all that a reader relies on; otherwise null. */
export function readSound(line: string, packs: number): Checked | null {
  const match = LINE.exec(line);
  if (!match) return null;
  const [, path = '', type = '', sha256, pack, offset, span, copy, sparse, link, digits] = match;
  const [mode, mtime, reservation] = match.slice(11);
  if (reservation !== undefined && !isJson(reservation)) return null;
  const checked: Checked = {
    line,
    path,
    type,
    at: pack === undefined ? null : [Number(pack), Number(offset), Number(span)],
    isCopy: copy !== undefined,
    size: digits === undefined ? null : Number(digits),
    isSparse: sparse !== undefined,
    isReserved: reservation !== undefined,
  };
  if (!checked.at) return checked;
  const isTimed = mode !== undefined && mtime !== undefined;
  if (checked.at[0] >= packs || checked.at[2] <= 0 || !isTimed || !STORED.includes(type)) return null;
  if (type.endsWith('link')) return link === undefined ? null : checked;
  if (type !== 'file') return checked;
  if (sha256 === undefined || !isCount(checked.size)) return null;
  return checked.isSparse && !isSoundMap(JSON.parse(line) as Entry) ? null : checked;
}

export function isSoundFrame(frame: Frame): boolean {
  return (
    Array.isArray(frame) && frame.length === 2 && frame.every((length) => isCount(length, MAX_PLAIN_BYTES))
  );
}

/** Whether packs stand run by run, none promises more than memory holds, and reservations can be told. */
export function areSoundFacts({ packs, runs, entryCount, sourceReservations = [] }: ManifestFacts): boolean {
  if (!Array.isArray(packs) || !Array.isArray(runs) || !isCount(entryCount)) return false;
  if (!Array.isArray(sourceReservations) || !sourceReservations.every(isSoundReservation)) return false;
  return packs.every(
    (pack, i) => isSoundPack(pack) && pack.run < runs.length && pack.run >= (packs[i - 1]?.run ?? 0),
  );
}

function isSoundPack(pack: RunPack | null): boolean {
  if (typeof pack !== 'object' || pack === null) return false;
  const { run, sha256, bytes, plainBytes, frames } = pack;
  return (
    [run, bytes].every((count) => isCount(count)) &&
    isCount(plainBytes, MAX_PLAIN_BYTES) &&
    typeof sha256 === 'string' &&
    Array.isArray(frames) &&
    frames.every(isSoundFrame)
  );
}

function isSoundReservation(reservation: SourceReservation | null): boolean {
  if (typeof reservation !== 'object' || reservation === null) return false;
  return [reservation.kind, reservation.path, reservation.reason].every((text) => typeof text === 'string');
}

/** Stretches of data one after the other, all within the file. */
function isSoundMap({ sparse = [], size = 0 }: Entry): boolean {
  let end = 0;
  for (const [offset, length] of sparse) {
    if (offset < end) return false;
    end = offset + length;
  }
  return end <= size;
}

function isCount(value: unknown, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
