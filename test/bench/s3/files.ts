/** Objects as plain files: `FOLDER/BUCKET/KEY`. Whoever copies the folder has all of them. */
import { randomUUID } from 'node:crypto';
import { type BigIntStats, existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import type { Asked } from './asked.ts';
import { Refusal } from './refusal.ts';

/** What else than its bytes an object is given back with. */
type Metadata = [name: string, value: string][];

export class Files {
  readonly #folder: string;
  /** By ETag and file, so that a file that is put back is taken for what it was. */
  readonly #metadata = new Map<string, Metadata>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  bucket({ bucket }: Pick<Asked, 'bucket'>): string {
    const folder = path.join(this.#folder, bucket);
    if (!existsSync(folder)) throw new Refusal('NoSuchBucket');
    return folder;
  }

  makeBucket({ bucket }: Asked): void {
    mkdirSync(path.join(this.#folder, bucket), { recursive: true });
  }

  /** Where an object lies or would lie. */
  at(asked: Pick<Asked, 'bucket' | 'key'>): string {
    return path.join(this.bucket(asked), asked.key);
  }

  /** A name for what is being written, outside all buckets. */
  incoming(): string {
    const folder = path.join(this.#folder, '.incoming');
    mkdirSync(folder, { recursive: true });
    return path.join(folder, randomUUID());
  }

  /** Gives what was written its name. With `If-None-Match: *` only when nothing has it. */
  publish(incoming: string, { request, ...asked }: Asked): void {
    const file = this.at(asked);
    mkdirSync(path.dirname(file), { recursive: true });
    if (request.headers['if-none-match'] === '*') createFile(incoming, file);
    else renameSync(incoming, file);
  }

  keepMetadata(file: string, stats: BigIntStats, headers: IncomingHttpHeaders): void {
    const kept = Object.entries(headers).filter(
      ([name]) => name.startsWith('x-amz-meta-') || name === 'content-type',
    );
    this.#metadata.set(etagOf(stats) + file, kept as Metadata);
  }

  metadataOf(file: string, stats: BigIntStats): Metadata {
    return this.#metadata.get(etagOf(stats) + file) ?? [];
  }
}

function createFile(incoming: string, file: string): void {
  try {
    linkSync(incoming, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new Refusal('PreconditionFailed');
    throw error;
  } finally {
    rmSync(incoming);
  }
}

/** Looks like that of an upload in parts, so that no client takes it for an MD5: none is computed. */
export function etagOf({ mtimeNs }: BigIntStats): string {
  return `"${mtimeNs.toString(16).padStart(16, '0')}-1"`;
}
