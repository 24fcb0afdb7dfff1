/** One fingerprint of all files of a restored tree, over names, sizes and contents, that a shell works out as well. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';

export interface TreeRoot {
  files: number;
  bytes: number;
  root: string;
}

/**
 * The challenge goes into the hash of each content: the manifest alone, which tells plain hashes, is not enough to answer. A name
 * is hashed too, since it may hold line breaks. `COMMANDS` of `paper.ts` is the same in shell.
 */
export async function treeRoot(
  folder: string,
  challenge: string,
  signal?: AbortSignal | undefined,
): Promise<TreeRoot> {
  const lines: string[] = [];
  let bytes = 0;
  for await (const path of filesBelow(Buffer.from(folder), Buffer.alloc(0))) {
    signal?.throwIfAborted();
    const full = Buffer.concat([Buffer.from(`${folder}/`), path]);
    const { size } = await stat(full);
    const content = createHash('sha256').update(`${challenge}\n`);
    for await (const piece of createReadStream(full)) content.update(piece);
    lines.push(`${createHash('sha256').update(path).digest('hex')} ${size} ${content.digest('hex')}\n`);
    bytes += size;
  }
  lines.sort();
  const root = createHash('sha256');
  for (const line of lines) root.update(line);
  return { files: lines.length, bytes, root: root.digest('hex') };
}

async function* filesBelow(folder: Buffer, prefix: Buffer): AsyncGenerator<Buffer> {
  for (const entry of await readdir(folder, { encoding: 'buffer', withFileTypes: true })) {
    const path = Buffer.concat([prefix, entry.name]);
    if (entry.isFile()) yield path;
    if (entry.isDirectory())
      yield* filesBelow(
        Buffer.concat([folder, Buffer.from('/'), entry.name]),
        Buffer.concat([path, Buffer.from('/')]),
      );
  }
}
