/** Uploads in parts: each part is written where it will stay, so that nothing is copied when they are joined. */
import { closeSync, openSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Asked } from './asked.ts';
import { declaredBytes, receive } from './body.ts';
import type { Files } from './files.ts';
import { publishObject } from './objects.ts';
import { Refusal } from './refusal.ts';
import { element, sendXml } from './xml.ts';

interface Upload {
  bucket: string;
  key: string;
  startedAt: Date;
  incoming: string;
  headers: IncomingHttpHeaders;
  /** Known once the first part has begun, and waited for by others that are sent beside it. */
  partBytes: PromiseWithResolvers<number>;
  sizes: number[];
}

export class Uploads {
  readonly #files: Files;
  readonly #open = new Map<string, Upload>();

  constructor(files: Files) {
    this.#files = files;
  }

  begin(asked: Asked, response: ServerResponse): void {
    this.#files.bucket(asked);
    const incoming = this.#files.incoming();
    closeSync(openSync(incoming, 'wx'));
    const { bucket, key, request } = asked;
    const id = path.basename(incoming);
    this.#open.set(id, {
      ...{ bucket, key, incoming, headers: request.headers, startedAt: new Date() },
      ...{ partBytes: Promise.withResolvers(), sizes: [] },
    });
    const names = [element('Bucket', bucket), element('Key', key), element('UploadId', id)];
    sendXml(response, 200, element('InitiateMultipartUploadResult', names));
  }

  async part(asked: Asked, response: ServerResponse): Promise<void> {
    const { incoming, partBytes, sizes } = this.#find(asked);
    const at = Number(asked.query.get('partNumber')) - 1;
    const bytes = declaredBytes(asked.request);
    if (at === 0) partBytes.resolve(bytes);
    const start = at * (await partBytes.promise);
    const file = openSync(incoming, 'r+');
    try {
      await receive(asked.request, file, start);
    } finally {
      closeSync(file);
    }
    sizes[at] = bytes;
    response.writeHead(200, { ETag: `"${at.toString(16).padStart(16, '0')}-1"` }).end();
  }

  /** Which parts are meant is not read: all that came, which are of one size but for the last, as some servers ask. */
  async complete(asked: Asked, response: ServerResponse): Promise<void> {
    await buffer(asked.request);
    const { incoming, headers, sizes } = this.#find(asked);
    const last = sizes.length - 1;
    const isGapless = sizes.every((bytes, at) => (at < last ? bytes === sizes[0] : bytes <= sizes[0]!));
    if (sizes.length === 0 || sizes.includes(undefined as never) || !isGapless)
      throw new Refusal('InvalidPart');
    const etag = publishObject(this.#files, incoming, asked, headers);
    this.#open.delete(asked.query.get('uploadId')!);
    const names = [element('Bucket', asked.bucket), element('Key', asked.key), element('ETag', etag)];
    sendXml(response, 200, element('CompleteMultipartUploadResult', names));
  }

  abort(asked: Asked, response: ServerResponse): void {
    rmSync(this.#find(asked).incoming, { force: true });
    this.#open.delete(asked.query.get('uploadId')!);
    response.writeHead(204).end();
  }

  list({ bucket, query }: Asked, response: ServerResponse): void {
    const begun = [...this.#open].filter(
      ([, one]) => one.bucket === bucket && one.key.startsWith(query.get('prefix') ?? ''),
    );
    const uploads = begun.map(([id, { key, startedAt }]) =>
      element('Upload', [
        element('Key', key),
        element('UploadId', id),
        element('Initiated', startedAt.toISOString()),
      ]),
    );
    sendXml(
      response,
      200,
      element('ListMultipartUploadsResult', [element('IsTruncated', false), ...uploads]),
    );
  }

  #find({ query }: Asked): Upload {
    const upload = this.#open.get(query.get('uploadId')!);
    if (!upload) throw new Refusal('NoSuchUpload');
    return upload;
  }
}
