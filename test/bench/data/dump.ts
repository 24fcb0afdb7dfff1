/** Data set B: one large file like a database's dump in text, with rows of uneven length. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { mix } from './random.ts';
import { words } from './text.ts';
import type { Day } from './tree.ts';

const ROWS = 15_600_000;
const FIRST_ID = 10_000_000;
const BLOCK_BYTES = 8 << 20;
const LONGEST_ROW = 256;
const TAB = 9;
const NEWLINE = 10;
/** Bytes of a row beside the name and the note. */
const FIXED = 8 + 1 + 19 + 1 + 1 + 8 + 1 + 24 + 1 + 1;
const HEAD =
  '--\n-- PostgreSQL database dump\n--\n\nCOPY public.orders (id, placed_at, customer, amount, token, note) FROM stdin;\n';
const HEX = Buffer.from('0123456789abcdef');

/** One row in a hundred is altered on the second day, all over the file. */
const isAltered = (row: number) => mix(row, 50) % 100 === 0;
const nameLength = (row: number) => 8 + (mix(row, 51) % 14);
const noteLength = (row: number) => 26 + (mix(row, 52) % 64);

/** Writes the first day, and answers the file's size. */
export function writeDump(file: string, scale: number): number {
  const fd = openSync(file, 'w');
  const block = Buffer.alloc(BLOCK_BYTES);
  let used = block.write(HEAD, 'latin1');
  for (let row = 0; row < ROWS * scale; row++) {
    used = putRow(block, used, row, 1);
    if (used < BLOCK_BYTES - LONGEST_ROW) continue;
    writeSync(fd, block, 0, used);
    used = 0;
  }
  used += block.write('\\.\n', used, 'latin1');
  writeSync(fd, block, 0, used);
  closeSync(fd);
  return statSync(file).size;
}

/** Writes the altered rows as they are on the given day, in place. */
export function alterDump(file: string, scale: number, day: Day): void {
  const fd = openSync(file, 'r+');
  const altered = Buffer.alloc(LONGEST_ROW);
  let at = HEAD.length;
  for (let row = 0; row < ROWS * scale; row++) {
    const length = FIXED + nameLength(row) + noteLength(row);
    if (isAltered(row)) writeSync(fd, altered, 0, putRow(altered, 0, row, day), at);
    at += length;
  }
  closeSync(fd);
}

/** Puts one row at the place given and answers where it ends. Amount and token are what differs between days. */
function putRow(out: Buffer, start: number, row: number, day: Day): number {
  let at = putNumber(out, start, FIRST_ID + row, 8);
  out[at++] = TAB;
  at = putTime(out, at, row);
  out[at++] = TAB;
  at = putWords(out, at, (mix(row, 53) % 20_000) * 40, nameLength(row));
  out[at++] = TAB;
  at = putNumber(out, at, 1_000_000 + (mix(row, 53 + day) % 1_000_000), 7);
  out[at++] = 0x30;
  out[at++] = TAB;
  for (let part = 0; part < 3; part++) at = putHex(out, at, mix(row, 56 + part + 4 * day));
  out[at++] = TAB;
  at = putWords(out, at, mix(row, 68), noteLength(row));
  out[at++] = NEWLINE;
  return at;
}

function putNumber(out: Buffer, start: number, value: number, digits: number): number {
  for (let at = start + digits - 1, rest = value; at >= start; at--) {
    out[at] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return start + digits;
}

/** Rows are placed some seconds after each other. */
function putTime(out: Buffer, start: number, row: number): number {
  const seconds = row * 3 + (mix(row, 67) % 3);
  const day = Math.floor(seconds / 86_400);
  const parts = [2024 + Math.floor(day / 336), 1 + (Math.floor(day / 28) % 12), 1 + (day % 28)] as const;
  let at = putNumber(out, start, parts[0], 4);
  out[at++] = 0x2d;
  at = putNumber(out, at, parts[1], 2);
  out[at++] = 0x2d;
  at = putNumber(out, at, parts[2], 2);
  out[at++] = 0x20;
  at = putNumber(out, at, Math.floor(seconds / 3600) % 24, 2);
  out[at++] = 0x3a;
  at = putNumber(out, at, Math.floor(seconds / 60) % 60, 2);
  out[at++] = 0x3a;
  return putNumber(out, at, seconds % 60, 2);
}

function putHex(out: Buffer, start: number, value: number): number {
  for (let digit = 0; digit < 8; digit++) out[start + digit] = HEX[(value >>> (4 * digit)) & 15]!;
  return start + 8;
}

function putWords(out: Buffer, start: number, from: number, length: number): number {
  const pool = words();
  const begin = from % (pool.length - length);
  for (let i = 0; i < length; i++) out[start + i] = pool[begin + i]!;
  return start + length;
}
