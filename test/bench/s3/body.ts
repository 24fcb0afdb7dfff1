/** The body of a request, written where it belongs as it comes. */
import { writeSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

const LINE_END = 0x0a;

/** How many bytes the object or part has, without what a body in signed chunks has around them. */
export function declaredBytes({ headers }: IncomingMessage): number {
  return Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'] ?? 0);
}

/** Writes the body from `at` on. Synchronous, because the kernel takes it faster than a thread could be asked to. */
export async function receive(request: IncomingMessage, file: number, at = 0): Promise<void> {
  let received = 0;
  const take = (piece: Buffer) => {
    received += writeSync(file, piece, 0, piece.length, at + received);
  };
  const chunks = isInChunks(request) ? new SignedChunks(take) : null;
  await eachPiece(request, chunks ? (piece) => chunks.add(piece) : take);
  if (received !== declaredBytes(request)) throw new Refusal('IncompleteBody');
}

function isInChunks({ headers }: IncomingMessage): boolean {
  return String(headers['x-amz-content-sha256']).startsWith('STREAMING-');
}

/** Events, because an iterator would copy pieces together. */
function eachPiece(request: IncomingMessage, take: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    request.on('data', (piece) => {
      try {
        take(piece);
      } catch (error) {
        request.destroy();
        reject(error);
      }
    });
    request.on('end', resolve);
    request.on('error', reject);
    request.on('close', () => reject(new Refusal('IncompleteBody')));
  });
}

/** Takes off what `aws-chunked` puts around a body: `SIZE;chunk-signature=…`, data, and trailers after size 0. */
class SignedChunks {
  readonly #take: (piece: Buffer) => void;
  #line = '';
  #left = 0;
  #isOver = false;

  constructor(take: (piece: Buffer) => void) {
    this.#take = take;
  }

  add(piece: Buffer): void {
    for (let at = 0; at < piece.length && !this.#isOver; )
      at = this.#left ? this.#data(piece, at) : this.#head(piece, at);
  }

  #data(piece: Buffer, at: number): number {
    const data = piece.subarray(at, at + this.#left);
    this.#take(data);
    this.#left -= data.length;
    return at + data.length;
  }

  /** The line before a chunk, or the empty end of the line that the chunk before it leaves. */
  #head(piece: Buffer, at: number): number {
    const end = piece.indexOf(LINE_END, at);
    this.#line += piece.toString('latin1', at, end < 0 ? piece.length : end);
    if (end < 0) return piece.length;
    const line = this.#line.trim();
    this.#line = '';
    if (line === '') return end + 1;
    if (!/^[0-9a-f]+(;|$)/i.test(line)) throw new Refusal('IncompleteBody');
    this.#left = Number.parseInt(line, 16);
    this.#isOver = this.#left === 0;
    return end + 1;
  }
}
