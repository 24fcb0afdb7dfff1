/** A file that was sent, as tables: what it is shows in its first bytes, whatever its name. */
import { sha256 } from '#/plans/canonical.ts';
import { Refusal } from '#/plans/errors.ts';
import type { Sent } from '#/plans/exchange/uploads.ts';
import { readCsv } from './read-csv.ts';
import { readExport } from './read-export.ts';
import { readWorkbook } from './read-workbook.ts';

export function readFile(name: string, bytes: Buffer): Sent {
  const own = { name, sha256: sha256(bytes), notes: [] };
  if (bytes.subarray(0, 4).equals(ZIP)) return { ...own, kind: 'tables', tables: readWorkbook(bytes) };
  // Workbooks of before 2007, and those that a password locks.
  if (bytes.subarray(0, 4).equals(OLD_OFFICE)) throw new Refusal('invalid', 'exchange.old-workbook');
  if (/^\ufeff?\s*[{[]/.test(bytes.toString('utf8', 0, 100))) return { ...own, ...readExport(bytes) };
  return { ...own, kind: 'tables', tables: [readCsv(name, bytes)] };
}

const ZIP = Buffer.from('PK\x03\x04', 'latin1');
const OLD_OFFICE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
