/** Faults planted in copies of a point's head and of what the store says it has: would L0 have noticed? */
import type { Store } from '../../stores/store.ts';
import { EngineError, type PlantedFault } from '../contract.ts';
import { because, type Finding } from '../finding-codes.ts';
import { type Head, writeHead } from '../head.ts';
import { newPointId } from '../layout.ts';
import { objectionTo } from '../open-point.ts';
import { judgeHead, type OpenedHead } from '../points.ts';
import { newSigningKey, parseSigningKey, signerOf, signHead } from '../signing.ts';
import type { Finding as Wrong } from './ledger.ts';
import { type Cited, findAbsent } from './presence.ts';
import { type Checksums, findOtherChecksums } from './store-checksums.ts';

const DAY_MS = 86_400_000;

/** A head as it was fetched. */
export interface FetchedHead {
  bytes: Buffer;
  signature: Buffer | null;
  opened: OpenedHead;
}

/** Alters the head, signs it with a stranger's key, and puts another point's in its place, be it a well signed one. */
export function plantInHead(
  { bytes, signature, opened: { head } }: FetchedHead,
  trust: string[],
): PlantedFault[] {
  const of = { asset: head.asset, pointId: head.point };
  const judge = (copy: Buffer, sig: Buffer | null, trusted: string[]) =>
    outcomeOf(() => objectionTo(judgeHead(copy, sig, of, trusted).signature, head.point));
  const stranger = newSigningKey();
  const altered = writeHead({ ...head, files: head.files + 1 });
  const other = writeHead({ ...head, point: otherPoint(head.point) });
  const forged = signHead(bytes, parseSigningKey(stranger.privateKey));
  const older = olderHead(head, stranger.privateKey);
  return [
    fault('head-altered', judge(altered, signature, trust), 'does not fit'),
    fault('head-signed-by-another-key', judge(bytes, forged, trust), 'does not fit'),
    fault('head-signer-not-trusted', judge(bytes, signature, [stranger.publicKey]), 'not trusted'),
    fault('head-of-another-point', judge(other, signature, trust), 'of another recovery point'),
    fault(
      'head-replayed',
      judge(older.bytes, older.signature, [stranger.publicKey]),
      'of another recovery point',
    ),
    fault('head-cut-short', judge(bytes.subarray(0, bytes.length >> 1), signature, trust), 'damaged'),
  ];
}

/** Makes one object vanish and shortens it by a byte, in what the store seems to answer. */
export async function plantInStore(store: Pick<Store, 'head'>, objects: Cited[]): Promise<PlantedFault[]> {
  const victim = objects.at(-1)!;
  const seen = { bytes: victim.bytes - 1, modifiedAt: new Date(0) };
  const without = { head: async (key: string) => (key === victim.key ? null : store.head(key)) };
  const shortened = { head: async (key: string) => (key === victim.key ? seen : store.head(key)) };
  const [missing] = await findAbsent(without, [victim]);
  const [short] = await findAbsent(shortened, [victim]);
  return [
    fault('pack-missing', told(missing), 'object-present'),
    fault('pack-of-another-size', told(short), 'object-size'),
  ];
}

/** Alters what the store seems to have computed itself for one object. */
export function plantInChecksums(cited: Checksums, stored: Checksums): PlantedFault {
  const [victim = ''] = [...stored.keys()].slice(-1);
  const [wrong] = findOtherChecksums(cited, new Map([...stored, [victim, '0'.repeat(64)]]));
  return { ...fault('checksum-of-another-object', told(wrong), 'store-checksum'), level: 'L1' };
}

/** What a check says of a copy: what it objects or refuses with, or that it is content. */
export function outcomeOf(check: () => Finding | null): Finding {
  try {
    return check() ?? UNNOTICED;
  } catch (error) {
    const { message } = error as Error;
    return error instanceof EngineError ? { ...error.because, message } : { ...UNNOTICED, message };
  }
}

/** What is said of a fault that no check saw. */
export const UNNOTICED: Finding = { ...because('level.fault-not-noticed', {}), message: 'nothing' };

const told = (wrong: Wrong | undefined): Finding =>
  wrong ? { ...wrong.because, message: `${wrong.name}: ${wrong.observed}` } : UNNOTICED;

function fault(kind: string, finding: Finding, reason: string): PlantedFault {
  return { kind, level: 'L0', caught: finding.message.includes(reason), finding };
}

/** A head of yesterday that nothing is wrong with, signed by a key that is trusted where it is judged. */
function olderHead(head: Head, privateKey: string): { bytes: Buffer; signature: Buffer } {
  const key = parseSigningKey(privateKey);
  const before = new Date(Date.parse(head.startedAt) - DAY_MS);
  const at = before.toISOString();
  const times = { startedAt: at, endedAt: at, dataTime: at };
  const bytes = writeHead({ ...head, ...times, point: newPointId(before), signer: signerOf(key) });
  return { bytes, signature: signHead(bytes, key) };
}

function otherPoint(point: string): string {
  return `${point.slice(0, -1)}${point.endsWith('0') ? '1' : '0'}`;
}
