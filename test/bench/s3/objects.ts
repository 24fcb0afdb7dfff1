/** Writing, reading and removing objects. */
import { type BigIntStats, closeSync, fstatSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asked } from './asked.ts';
import { receive } from './body.ts';
import { etagOf, type Files } from './files.ts';
import { Refusal } from './refusal.ts';

const PIECE_BYTES = 1 << 20;
/** Memory that answers are read into, used again: fresh pages cost as much as the reading. */
const pieces: Buffer[] = [];

export async function putObject(files: Files, asked: Asked, response: ServerResponse): Promise<void> {
  files.bucket(asked);
  const incoming = files.incoming();
  const file = openSync(incoming, 'wx');
  try {
    await receive(asked.request, file);
  } catch (error) {
    rmSync(incoming);
    throw error;
  } finally {
    closeSync(file);
  }
  response.writeHead(200, { ETag: publishObject(files, incoming, asked, asked.request.headers) }).end();
}

/** Gives a written file its name and what is kept beside it, and answers its ETag. */
export function publishObject(
  files: Files,
  incoming: string,
  asked: Asked,
  headers: IncomingMessage['headers'],
): string {
  files.publish(incoming, asked);
  const stats = statSync(files.at(asked), { bigint: true });
  files.keepMetadata(files.at(asked), stats, headers);
  return etagOf(stats);
}

/** Answers GET, with a range or without, and HEAD. */
export async function getObject(files: Files, asked: Asked, response: ServerResponse): Promise<void> {
  const path = files.at(asked);
  const file = openObject(path);
  try {
    const stats = fstatSync(file, { bigint: true });
    if (!stats.isFile()) throw new Refusal('NoSuchKey');
    const { 'if-match': ifMatch, range } = asked.request.headers;
    if (ifMatch !== undefined && ifMatch !== etagOf(stats)) throw new Refusal('PreconditionFailed');
    const part = readRange(range, Number(stats.size));
    for (const [name, value] of files.metadataOf(path, stats)) response.setHeader(name, value);
    response.writeHead(part.isWhole ? 200 : 206, describe(stats, part));
    if (asked.request.method === 'GET') await send(file, part, response);
    response.end();
  } finally {
    closeSync(file);
  }
}

export function removeObject(files: Files, asked: Asked, response: ServerResponse): void {
  rmSync(files.at(asked), { force: true });
  response.writeHead(204).end();
}

interface Part {
  start: number;
  bytes: number;
  isWhole: boolean;
}

function openObject(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw new Refusal('NoSuchKey');
    throw error;
  }
}

/** `bytes=2-5`, `bytes=2-` or `bytes=-5`; what cannot be read as one is no range. */
function readRange(range: string | undefined, size: number): Part {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (!from && !to) return { start: 0, bytes: size, isWhole: true };
  const start = from ? Number(from) : Math.max(0, size - Number(to));
  const end = from && to ? Math.min(Number(to) + 1, size) : size;
  if (start >= end) throw new Refusal('InvalidRange');
  return { start, bytes: end - start, isWhole: false };
}

function describe(stats: BigIntStats, { start, bytes, isWhole }: Part): Record<string, string> {
  return {
    'Content-Length': String(bytes),
    'Accept-Ranges': 'bytes',
    'Last-Modified': stats.mtime.toUTCString(),
    ETag: etagOf(stats),
    ...(!isWhole && { 'Content-Range': `bytes ${start}-${start + bytes - 1}/${stats.size}` }),
  };
}

async function send(file: number, { start, bytes }: Part, response: ServerResponse): Promise<void> {
  const piece = pieces.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let sent = 0; sent < bytes; ) {
    const read = readSync(file, piece, 0, Math.min(piece.length, bytes - sent), start + sent);
    if (read === 0) throw new Error('The file is shorter than it was.');
    await written(response, piece.subarray(0, read));
    sent += read;
  }
  pieces.push(piece);
}

function written(response: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}
