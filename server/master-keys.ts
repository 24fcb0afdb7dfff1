/** The file of master keys: one key a line in base64, the newest first. The newest seals; each of them still opens. */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from './start-error.ts';

const KEY_BYTES = 32;
const ID_BYTES = 8;

export interface MasterKey {
  /** Names the key in what it sealed, and tells nothing of it. */
  id: Buffer;
  key: Buffer;
}

/** Reads the keys anew whenever the file has changed: a service that runs while they are rotated seals with the newest. */
export function watchMasterKeys(file: string): () => MasterKey[] {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${newKey()}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  }
  let known = { stamp: stampOf(file), keys: read(file) };
  return () => {
    const stamp = stampOf(file);
    if (stamp !== known.stamp) known = { stamp, keys: read(file) };
    return known.keys;
  };
}

/** Puts a new key before the others. */
export function addMasterKey(file: string): void {
  write(file, [newKey(), ...linesOf(file)]);
}

/** Leaves the newest key alone in the file: what an older one sealed opens nowhere any more. */
export function retireMasterKeys(file: string): void {
  write(file, linesOf(file).slice(0, 1));
}

const newKey = () => randomBytes(KEY_BYTES).toString('base64');

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** Whole or not at all: half a key file would close everything. */
function write(file: string, lines: string[]) {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  renameSync(draft, file);
}

function stampOf(file: string): string {
  const { ino, size, mtimeMs } = statSync(file);
  return `${ino} ${size} ${mtimeMs}`;
}

function read(file: string): MasterKey[] {
  const keys = linesOf(file).map((line) => Buffer.from(line, 'base64'));
  if (keys.length === 0 || keys.some(({ length }) => length !== KEY_BYTES))
    throw new StartError(`The master key in ${file} is not 32 bytes in base64.`);
  return keys.map((key) => ({ key, id: idOf(key) }));
}

const idOf = (key: Buffer) =>
  createHash('sha256').update('reprise master key\n').update(key).digest().subarray(0, ID_BYTES);
