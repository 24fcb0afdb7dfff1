/** The keys with which an installation backs itself up: one that signs, and one that opens its own points to prove them. */
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newIdentity, parseIdentities, recipientOf } from '#/jobs/recovery-points/age/keys.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';
import { writeNew } from '../cli/write-new.ts';

export interface OwnKeys {
  signingKey: string;
  publicKey: string;
  identity: string;
  recipient: string;
}

/** Reads them; makes them, for their owner alone, when they are not there. */
export async function openOwnKeys(dataDir: string): Promise<OwnKeys> {
  const folder = join(dataDir, 'keys', 'own-backup');
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const identity = await read('identity.txt').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await makeKeys(folder);
    return read('identity.txt');
  });
  return {
    identity,
    recipient: recipientOf(parseIdentities(identity)[0]!),
    signingKey: await read('signing.key'),
    publicKey: await read('signing.pub'),
  };
}

/** All of them at once; where another process was faster, its keys count. */
async function makeKeys(folder: string): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true, mode: 0o700 });
  const draft = await mkdtemp(`${folder}-`);
  const { privateKey, publicKey } = newSigningKey();
  await writeNew(join(draft, 'signing.key'), privateKey);
  await writeNew(join(draft, 'signing.pub'), publicKey);
  await writeNew(join(draft, 'identity.txt'), `${newIdentity().identity}\n`);
  await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true });
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
  });
}
