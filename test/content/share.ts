/** A made-up office share that grows and changes, and what may befall it. Always the same for the same seed. */
import { hash } from 'node:crypto';
import { BLOCK_BYTES } from '#/jobs/recovery-points/content/first-block.ts';
import { ContentTally } from '#/jobs/recovery-points/content/tally.ts';
import type { ContentProfile } from '#/plans/content/profile.ts';

export interface MadeFile {
  path: string;
  bytes: Buffer;
  size: number;
}

export type Random = () => number;

/** Numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS = 'le la les facture client commande total montant date livraison projet note bon accord'.split(
  ' ',
);
const BEGINNINGS: Record<string, string> = {
  docx: 'PK\x03\x04',
  xlsx: 'PK\x03\x04',
  pdf: '%PDF-1.7\n',
  jpg: '\xff\xd8\xff\xe0',
  zip: 'PK\x03\x04',
};
export const KINDS = ['docx', 'xlsx', 'pdf', 'jpg', 'txt', 'csv'];

/** As random as something encrypted. */
export function noise(length: number, random: Random): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = random() * 256;
  return bytes;
}

export function makeFile(path: string, random: Random): MadeFile {
  const ending = path.slice(path.lastIndexOf('.') + 1);
  const size = BLOCK_BYTES + Math.floor(random() * 100_000);
  const beginning = BEGINNINGS[ending];
  if (beginning === undefined) {
    let text = '';
    while (text.length < BLOCK_BYTES) text += `${WORDS[Math.floor(random() * WORDS.length)]} `;
    return { path, bytes: Buffer.from(text.slice(0, BLOCK_BYTES)), size };
  }
  const head = Buffer.from(beginning, 'latin1');
  return { path, bytes: Buffer.concat([head, noise(BLOCK_BYTES - head.length, random)]), size };
}

export function makeShare(count: number, random: Random): MadeFile[] {
  return Array.from({ length: count }, (_, i) =>
    makeFile(`service-${i % 20}/dossier-${i % 7}/piece-${i}.${KINDS[i % KINDS.length]}`, random),
  );
}

/** A working day: some files are written anew, some are added, few go. */
export function workADay(share: MadeFile[], random: Random, day: number): MadeFile[] {
  const kept = share.filter(() => random() > 0.002);
  const changed = kept.map((file) => (random() < 0.02 ? makeFile(file.path, random) : file));
  const added = Math.floor(share.length * 0.01 * random());
  return [
    ...changed,
    ...Array.from({ length: added }, (_, i) =>
      makeFile(`service-${i % 20}/nouveau-${day}-${i}.${KINDS[i % KINDS.length]}`, random),
    ),
  ];
}

/** What it makes of a file, in place or under another name. */
export const encrypt = (file: MadeFile, random: Random, ending = ''): MadeFile => ({
  path: file.path + ending,
  bytes: noise(BLOCK_BYTES, random),
  size: file.size + 528,
});

export function profileOf(share: MadeFile[], watched: string[] = []): ContentProfile {
  const tally = new ContentTally({ entries: share.length, watched });
  for (const { path, bytes, size } of share) {
    const entry = { path, type: 'file' as const, size, sha256: hash('sha256', bytes) };
    tally.look(entry, bytes);
    tally.count(entry);
  }
  return tally.told;
}
