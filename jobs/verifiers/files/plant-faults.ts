/** Whether damage would have been noticed: copies of files that opened are damaged, and opened by the same process. */
import { copyFile, mkdir, open, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type Because, because } from '../../recovery-points/finding-codes.ts';
import { type OpenedFiles, openFiles } from './open-files.ts';

/** Half a file, or another byte in its middle, is noticed of these for certain. */
const NOTICED = {
  'file-cut': 'docx xlsx pptx odt ods odp zip jar epub pdf png jpg jpeg gz tgz sqlite'.split(' '),
  'file-byte-changed': 'docx xlsx pptx odt ods odp zip jar epub png gz tgz'.split(' '),
} as const;
const FAULTS_EACH = 3;

export interface FileFault {
  kind: keyof typeof NOTICED;
  level: 'L4';
  caught: boolean;
  finding: Because & { message: string };
}

/** Copies of a few files that opened are damaged, and opened by the same process. None may. */
export async function plantInFiles(
  restored: string,
  folder: string,
  { opened, signal }: { opened: OpenedFiles; signal: AbortSignal },
): Promise<FileFault[]> {
  await mkdir(folder);
  const planted = new Map<string, { fault: keyof typeof NOTICED; path: string }>();
  for (const fault of Object.keys(NOTICED) as (keyof typeof NOTICED)[])
    for (const [kind, path] of samplesFor(NOTICED[fault], opened)) {
      const name = `${fault}.${kind}`;
      await copyFile(join(restored, path), join(folder, name));
      await damage(join(folder, name), fault);
      planted.set(name, { fault, path });
    }
  if (planted.size === 0) return [];
  const { failed } = await openFiles(folder, { signal });
  await rm(folder, { recursive: true, force: true });
  const caught = new Set(failed.map(({ path }) => path));
  return [...planted].map(([name, { fault, path }]) => {
    const kind = name.slice(name.lastIndexOf('.') + 1);
    const why = caught.has(name)
      ? because('files.broken', { path, kind })
      : because('level.fault-missed', { fault });
    return {
      kind: fault,
      level: 'L4',
      caught: caught.has(name),
      finding: {
        ...why,
        message: `${path}, damaged on purpose: ${caught.has(name) ? 'refused' : 'opened'}.`,
      },
    };
  });
}

const samplesFor = (kinds: readonly string[], { samples }: OpenedFiles): [string, string][] =>
  Object.entries(samples)
    .filter(([kind]) => kinds.includes(kind))
    .slice(0, FAULTS_EACH)
    .map(([kind, { path }]) => [kind, path]);

async function damage(file: string, fault: keyof typeof NOTICED): Promise<void> {
  const { size } = await stat(file);
  if (fault === 'file-cut') return truncate(file, Math.floor(size / 2));
  const at = contentAt(await readFile(file));
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.of(byte[0]! ^ 0xff), 0, 1, at);
  await handle.close();
}

/** A byte that belongs to the content: of a zip behind the header of its first member, of a PNG or gzip near the middle. */
function contentAt(bytes: Buffer): number {
  if (bytes.toString('latin1', 0, 2) !== 'PK') return Math.floor(bytes.length / 2);
  return 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
}
