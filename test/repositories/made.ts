/** Repositories of restic and Borg, made by these tools themselves. */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolName } from '#/jobs/repositories/repository.ts';

export const REPOSITORY_PASSWORD = 'a password of the tool';

/** A tree with a folder, an odd name, a link, a hole-less file of some packs, and a copy. */
export function makeTree(folder: string): void {
  mkdirSync(join(folder, 'dossier vide'), { recursive: true });
  mkdirSync(join(folder, 'sous'), { recursive: true });
  writeFileSync(join(folder, 'données.bin'), randomBytes(3_000_000));
  writeFileSync(join(folder, 'sous', 'é à.txt'), 'contenu\n');
  writeFileSync(join(folder, 'vide'), '');
  cpSync(join(folder, 'données.bin'), join(folder, 'copie.bin'));
  symlinkSync('données.bin', join(folder, 'lien'));
}

export function makeRepository(tool: ToolName, repository: string, tree: string, scratch: string): void {
  const base = { PATH: process.env.PATH!, HOME: scratch, TZ: 'UTC' };
  if (tool === 'restic') {
    const env = { ...base, RESTIC_PASSWORD: REPOSITORY_PASSWORD, RESTIC_CACHE_DIR: join(scratch, 'rc') };
    run('restic', ['init', '-q', '-r', repository], env);
    run('restic', ['backup', '-q', '-r', repository, tree], env);
  } else {
    const env = { ...base, BORG_PASSPHRASE: REPOSITORY_PASSWORD, BORG_BASE_DIR: join(scratch, 'bb') };
    run('borg', ['init', '-e', 'repokey-blake2', repository], env);
    run('borg', ['create', `${repository}::nuit-1`, tree], env);
  }
}

/** restic's in a bucket. */
export function makeRepositoryInBucket(
  place: string,
  keys: { accessKeyId: string; secretAccessKey: string },
  tree: string,
  scratch: string,
): void {
  const env = {
    PATH: process.env.PATH!,
    HOME: scratch,
    RESTIC_PASSWORD: REPOSITORY_PASSWORD,
    RESTIC_CACHE_DIR: join(scratch, 'rc'),
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  };
  run('restic', ['init', '-q', '-r', `s3:${place}`], env);
  run('restic', ['backup', '-q', '-r', `s3:${place}`, tree], env);
}

/** Another archive in a repository of Borg, of one file alone. */
export function addArchive(repository: string, name: string, file: string, scratch: string): void {
  const env = { PATH: process.env.PATH!, HOME: scratch, TZ: 'UTC', BORG_PASSPHRASE: REPOSITORY_PASSWORD };
  run('borg', ['create', `${repository}::${name}`, file], { ...env, BORG_BASE_DIR: join(scratch, 'bb') });
}

function run(program: string, args: string[], env: Record<string, string>): void {
  const { status, stderr, error } = spawnSync(program, args, { env, encoding: 'utf8' });
  if (error) throw new Error(`${program} is needed: apt-get install restic borgbackup.`, { cause: error });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Of every byte that lies there. */
export function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(folder)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
