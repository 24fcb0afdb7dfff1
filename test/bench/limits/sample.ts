/** A part of a data set that stands for all of it. */
import { closeSync, globSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';

const SAMPLE_BYTES = 64e6;
const PIECE_BYTES = 16 << 20;

/** A stretch of a file. Only files larger than any buffer of ours have several. */
export interface Piece {
  file: string;
  from: number;
  bytes: number;
}

/** Pieces from all over the folder, every so many of them. */
export function takeSample(folder: string, totalBytes: number): Piece[] {
  const pieces = globSync('**', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => piecesOf(path.join(entry.parentPath, entry.name)));
  const every = Math.max(1, Math.floor(totalBytes / SAMPLE_BYTES));
  return pieces.filter((_, at) => at % every === 0);
}

/** Opens, reads and closes, to the start of `out`. */
export function readPiece({ file, from, bytes }: Piece, out: Buffer): void {
  const fd = openSync(file, 'r');
  readSync(fd, out, 0, bytes, from);
  closeSync(fd);
}

function piecesOf(file: string): Piece[] {
  const { size } = statSync(file);
  const count = Math.max(1, Math.ceil(size / PIECE_BYTES));
  return Array.from({ length: count }, (_, at) => {
    const from = at * PIECE_BYTES;
    return { file, from, bytes: Math.min(PIECE_BYTES, size - from) };
  });
}
