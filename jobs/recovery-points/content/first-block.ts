/** What the first bytes of a file say: which kind it is, and whether they look as random as something encrypted. */

/** How much of a file is looked at. */
export const BLOCK_BYTES = 1024;
/** Less than this says nothing of how random something is. */
const LEAST_BYTES = 256;

type Magic = [kind: string, at: number, bytes: Buffer];

const sign = (kind: string, text: string, at = 0): Magic => [kind, at, Buffer.from(text, 'latin1')];

const MAGIC: Magic[] = [
  sign('zip', 'PK\x03\x04'),
  sign('zip', 'PK\x05\x06'),
  sign('jpeg', '\xff\xd8\xff'),
  sign('png', '\x89PNG\r\n\x1a\n'),
  sign('pdf', '%PDF-'),
  sign('ole', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
  sign('gzip', '\x1f\x8b\x08'),
  sign('gif', 'GIF8'),
  sign('tiff', 'II*\0'),
  sign('tiff', 'MM\0*'),
  sign('sqlite', 'SQLite format 3\0'),
  sign('mp4', 'ftyp', 4),
  sign('riff', 'RIFF'),
  sign('mp3', 'ID3'),
  sign('mp3', '\xff\xfb'),
  sign('7z', '7z\xbc\xaf\x27\x1c'),
  sign('rar', 'Rar!\x1a\x07'),
  sign('bzip2', 'BZh'),
  sign('xz', '\xfd7zXZ\0'),
  sign('zstd', '\x28\xb5\x2f\xfd'),
  sign('bmp', 'BM'),
  sign('exe', 'MZ'),
  sign('elf', '\x7fELF'),
  sign('class', '\xca\xfe\xba\xbe'),
  sign('mkv', '\x1a\x45\xdf\xa3'),
  sign('ogg', 'OggS'),
  sign('flac', 'fLaC'),
  sign('pst', '!BDN'),
  sign('psd', '8BPS'),
  sign('dwg', 'AC10'),
  sign('font', 'wOF'),
  sign('font', '\0\x01\0\0'),
  sign('age', 'age-encryption.org/'),
  sign('pgdump', 'PGDMP'),
  sign('vmdk', 'KDMV'),
  sign('access', '\0\x01\0\0Standard '),
];

const TEXT =
  'txt csv tsv json xml html htm md log sql ini conf cfg eml css js ts py sh ps1 yml yaml rtf svg ics vcf'
    .split(' ')
    .map((ending): [string, string] => [ending, 'text']);
const ZIPPED = 'zip docx xlsx pptx docm xlsm pptm odt ods odp odg jar epub'.split(' ');
const PLAIN =
  'pdf jpg jpeg png gif tif tiff bmp doc xls ppt msg gz tgz 7z rar bz2 xz zst sqlite mp4 mov mkv avi wav webp psd dwg pst exe dll'.split(
    ' ',
  );

/** Endings of which we know how such a file begins. */
const KNOWN = new Map<string, string>([
  ...TEXT,
  ...[...ZIPPED, ...PLAIN].map((ending): [string, string] => [ending, 'binary']),
]);

/**
 * `fits`: as such a file begins. `other`: not as we know it, and not alarming. `odd`: a name of a known kind, and content that no
 * kind begins with, random or one byte over and over. `opaque`: random under a name that says nothing.
 */
export type Look = 'fits' | 'other' | 'odd' | 'opaque';

/** The ending of an encoded path, in small letters; empty where there is none. */
export function endingOf(path: string): string {
  const dot = path.lastIndexOf('.');
  if (dot <= path.lastIndexOf('/') + 1 || path.length - dot > 13) return '';
  return path.slice(dot + 1).toLowerCase();
}

/** Null where there is too little of it to say anything. */
export function lookAt(ending: string, block: Uint8Array): { look: Look; entropy: number } | null {
  if (block.length < LEAST_BYTES) return null;
  const entropy = entropyOf(block);
  const isRandom = entropy >= randomFrom(block.length);
  const expected = KNOWN.get(ending);
  if (expected === undefined) return { look: isRandom && !hasMagic(block) ? 'opaque' : 'fits', entropy };
  const isStrange = isRandom || entropy === 0;
  if (expected === 'text') return { look: isStrange && !hasMagic(block) ? 'odd' : 'fits', entropy };
  if (hasMagic(block)) return { look: 'fits', entropy };
  return { look: isStrange ? 'odd' : 'other', entropy };
}

const counts = new Uint16Array(256);
/** c·log2(c) for each count that a block can have. */
const PARTS = Float64Array.from({ length: BLOCK_BYTES + 1 }, (_, c) => (c === 0 ? 0 : c * Math.log2(c)));

/** In bits a byte, from 0 to 8. */
function entropyOf(block: Uint8Array): number {
  counts.fill(0);
  for (let i = 0; i < block.length; i++) counts[block[i]!]!++;
  let sum = 0;
  for (let i = 0; i < 256; i++) sum += PARTS[counts[i]!]!;
  return Math.log2(block.length) - sum / block.length;
}

/** Random bytes come near 8 bits only in the long run; text and numbers stay far below this. */
function randomFrom(bytes: number): number {
  return 0.955 * (8 - 255 / (2 * bytes * Math.LN2));
}

const AT_START = Map.groupBy(
  MAGIC.filter(([, at]) => at === 0),
  ([, , bytes]) => bytes[0]!,
);
const FURTHER_ON = MAGIC.filter(([, at]) => at > 0);

function hasMagic(block: Uint8Array): boolean {
  return [...(AT_START.get(block[0]!) ?? []), ...FURTHER_ON].some(([, at, bytes]) =>
    bytes.every((byte, i) => block[at + i] === byte),
  );
}
