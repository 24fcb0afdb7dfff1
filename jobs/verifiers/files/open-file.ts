/** Opens one file by its kind. Only what a reader here knows is opened; all else is counted as unknown. */
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { findDamage, openStill } from '../../sources/sqlite-inventory.ts';
import { Broken, Locked, MOST_UNPACKED } from './broken.ts';
import { openJpeg, openPng, openTiff } from './images.ts';
import { openMail } from './mail.ts';
import { openPdf } from './pdf.ts';
import { openOffice, openOpenDocument, openZip } from './zip.ts';

/** A file is read as a whole. */
const MOST_BYTES = 256 << 20;

const OFFICE = ['docx', 'xlsx', 'pptx', 'docm', 'xlsm', 'pptm'];
const OPEN_DOCUMENT = ['odt', 'ods', 'odp', 'odg'];
/** What Office makes of a document with a password. */
const SEALED_OFFICE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

const READERS: Record<string, (bytes: Buffer) => unknown> = {
  ...Object.fromEntries(OFFICE.map((ending) => [ending, openOffice])),
  ...Object.fromEntries(OPEN_DOCUMENT.map((ending) => [ending, openOpenDocument])),
  zip: openZip,
  jar: openZip,
  epub: openZip,
  pdf: openPdf,
  png: openPng,
  jpg: openJpeg,
  jpeg: openJpeg,
  tif: openTiff,
  tiff: openTiff,
  gz: openGzip,
  tgz: openGzip,
  eml: openMail,
};
const DATABASES = ['sqlite', 'sqlite3'];

/** `locked`: it asks for a password, or is past what this place may hold. */
export type Outcome = { state: 'opened' } | { state: 'failed' | 'locked'; why: string };

/** The kind by its ending; null where no reader here knows it. */
export function kindOf(path: string): string | null {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return ending in READERS || DATABASES.includes(ending) ? ending : null;
}

export function openFile(path: string, kind: string): Outcome {
  try {
    if (DATABASES.includes(kind)) openDatabase(path);
    else {
      if (statSync(path).size > MOST_BYTES) throw new Locked('larger than what is read here');
      const bytes = readFileSync(path);
      if ([...OFFICE].includes(kind) && bytes.subarray(0, 8).equals(SEALED_OFFICE))
        throw new Locked('it asks for a password');
      READERS[kind]!(bytes);
    }
    return { state: 'opened' };
  } catch (error) {
    if (error instanceof Locked) return { state: 'locked', why: error.message };
    // A reader that stumbles over what it did not foresee could not open the file either.
    if (error instanceof Broken || error instanceof RangeError || error instanceof TypeError)
      return { state: 'failed', why: error.message.slice(0, 200) };
    throw error;
  }
}

function openGzip(bytes: Buffer): void {
  try {
    gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Locked('more to unpack than the limit');
    throw new Broken((error as Error).message);
  }
}

function openDatabase(path: string): void {
  try {
    const damage = findDamage(openStill(path));
    if (damage !== null) throw new Broken(damage);
  } catch (error) {
    throw new Broken((error as Error).message);
  }
}
