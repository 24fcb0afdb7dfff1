/** The key that signs anchors of the trail, for its owner alone, and its public half to check them with. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';

const folderOf = (dataDir: string) => join(dataDir, 'keys', 'audit');

/** Reads it; makes it when it is not there. Where another process was faster, its key counts. */
export async function openAuditKey(dataDir: string): Promise<string> {
  const folder = folderOf(dataDir);
  const file = join(folder, 'signing.key');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = newSigningKey();
  await writeFile(file, privateKey, { flag: 'wx', mode: 0o600, flush: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return readFile(file, 'utf8');
}
