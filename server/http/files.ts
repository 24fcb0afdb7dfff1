/** One file that somebody sends, by a form or as the body of a request; too large a one is refused before it is read. */
import express, { type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import { Refusal } from '#/plans/errors.ts';

export const MOST_FILE_BYTES = 16_000_000;

/** What a route that takes a file gets as its body. */
export const SentFile = z.object({
  name: z.string().min(1).max(300),
  /** What else the form asked. */
  fields: z.record(z.string(), z.string()).default({}),
  bytes: z.instanceof(Buffer).refine((bytes) => bytes.length > 0, { error: 'http.no-file' }),
});
export type SentFile = z.infer<typeof SentFile>;

const readBody = express.raw({ type: () => true, limit: MOST_FILE_BYTES });

export function receiveFile(request: Request, response: Response, next: NextFunction) {
  if (Number(request.get('content-length')) > MOST_FILE_BYTES)
    throw new Refusal('invalid', 'http.file-too-large', { mostBytes: MOST_FILE_BYTES });
  readBody(request, response, (error) => {
    if (error) return next(error);
    fileIn(request).then((file) => {
      request.body = file;
      next();
    }, next);
  });
}

/** A form's only file, or the body itself, whose name the address may tell: `?name=inventory.xlsx`. */
async function fileIn(request: Request): Promise<SentFile> {
  const bytes: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const type = request.get('content-type') ?? '';
  if (!type.startsWith('multipart/form-data'))
    return { name: String(request.query.name ?? 'file').slice(0, 300), bytes, fields: {} };
  const form = await new globalThis.Response(bytes, { headers: { 'content-type': type } })
    .formData()
    .catch((cause) => {
      throw new Refusal('invalid', 'http.no-file', {}, { cause });
    });
  const file = [...form.values()].find((value) => typeof value !== 'string');
  const fields = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    name: (file?.name || 'file').slice(0, 300),
    fields: Object.fromEntries(fields),
    bytes: file ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0),
  };
}
