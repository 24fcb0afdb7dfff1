/** The head: what may be known of a point without any key. It is signed, and a point exists once it is there. */
import { EngineError, type ListedPoint } from './contract.ts';
import { because } from './finding-codes.ts';
import { isPointId } from './layout.ts';

export const HEAD_FORMAT = 'reprise-plain-packs-1';

export interface Head {
  format: typeof HEAD_FORMAT;
  asset: string;
  point: string;
  startedAt: string;
  endedAt: string;
  dataTime: string;
  writer: string;
  files: number;
  entries: number;
  /** Of the captured content. */
  bytes: number;
  /** Of everything this run put into the store for the point, its head aside. */
  storedBytes: number;
  reservations: ListedPoint['reservations'];
  /** Fingerprints of those who can open it. */
  recipients: string[];
  /** Public key of the signer, base64 of its DER form. */
  signer: string;
  manifest: { sha256: string; bytes: number };
  /** How many runs made the packs. */
  runs: number;
  /** Run by run, each run's in the order in which they make one tar stream. */
  packs: { sha256: string; bytes: number }[];
}

/** Writes a head with one fact and one pack a line, so that a shell can read it. */
export function writeHead({ packs, ...facts }: Head): Buffer {
  const lines = Object.entries(facts).map(([key, value]) => `"${key}":${JSON.stringify(value)},`);
  const packLines = packs.map(({ sha256, bytes }) => JSON.stringify({ sha256, bytes }));
  return Buffer.from(`{\n${lines.join('\n')}\n"packs":[\n${packLines.join(',\n')}\n]\n}\n`);
}

/** Reads a head and checks that it is whole, and that it is of this asset and point. */
export function readHead(bytes: Buffer, { asset, pointId }: { asset: string; pointId: string }): Head {
  const head = parse(bytes);
  if (!head || !isWhole(head))
    throw new EngineError(
      'data',
      because('head.damaged', { point: pointId }),
      `The head of ${pointId} is damaged: it is not a whole ${HEAD_FORMAT} document.`,
      {
        where: 'head.json',
      },
    );
  if (head.asset !== asset || head.point !== pointId)
    throw new EngineError(
      'data',
      because('head.of-another-point', {
        point: `${asset} ${pointId}`,
        found: `${head.asset} ${head.point}`,
      }),
      `The head is of another recovery point: ${head.asset} ${head.point} in place of ${asset} ${pointId}.`,
      { where: 'head.json' },
    );
  return head;
}

function parse(bytes: Buffer): Head | null {
  try {
    return JSON.parse(bytes.toString('utf8')) as Head;
  } catch {
    return null;
  }
}

function isWhole(head: Head): boolean {
  const texts = [head.asset, head.startedAt, head.endedAt, head.dataTime, head.writer, head.signer];
  const counts = [head.files, head.entries, head.bytes, head.storedBytes, head.runs];
  return (
    head.format === HEAD_FORMAT &&
    isPointId(head.point) &&
    texts.every((text) => typeof text === 'string') &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    typeof head.reservations === 'object' &&
    head.reservations !== null &&
    [head.recipients, head.packs].every((list) => Array.isArray(list) && list.length > 0) &&
    [head.manifest, ...head.packs].every(isCited)
  );
}

function isCited(object: { sha256: string; bytes: number } | undefined): boolean {
  return /^[0-9a-f]{64}$/.test(object?.sha256 ?? '') && Number.isSafeInteger(object?.bytes);
}
