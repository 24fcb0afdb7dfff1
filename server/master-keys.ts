/**
 * Master keys: what seals secrets in the database, the newest first, one a line. A key of 32 bytes in base64 opens and seals;
 * its recipient (age1…) only seals, and is all that a process without work needs.
 */
import type { KeyObject } from 'node:crypto';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identityOf, parseRecipient, recipientOf } from '#/jobs/recovery-points/age/keys.ts';
import { type KeyCommand, watchCommand } from './master-key-command.ts';
import { StartError } from './start-error.ts';

const KEY_BYTES = 32;
const ID_BYTES = 8;

/** Where the keys come from. Those of the environment stay as they are until the next start. */
export type KeySource = { file: string } | { text: string } | KeyCommand;

export interface MasterKey {
  /** Names the key in what it sealed, and tells nothing of it. */
  id: Buffer;
  /** Raw public half. */
  recipient: Buffer;
  /** Null where only the recipient is known. */
  identity: KeyObject | null;
}

/** The keys as they are now: a service that runs while they are rotated seals with the newest. */
export function watchMasterKeys(source: KeySource): () => MasterKey[] {
  if ('file' in source) return watchFile(source.file);
  if ('command' in source) return watchCommand(source, (text) => parse(text, 'MASTER_KEY_COMMAND'));
  const keys = parse(source.text, 'MASTER_KEY');
  return () => keys;
}

/** Puts a new key before the others. */
export function addMasterKey(file: string): void {
  write(file, [newKey(), ...linesOf(readFileSync(file, 'utf8'))]);
}

/** Leaves the newest key alone in the file: what an older one sealed opens nowhere any more. */
export function retireMasterKeys(file: string): void {
  write(file, linesOf(readFileSync(file, 'utf8')).slice(0, 1));
}

/** The public halves as text, to give to a process that only seals. */
export const recipientsOf = (source: KeySource): string[] =>
  watchMasterKeys(source)().map(({ recipient }) => recipientOf({ publicKey: recipient }));

const newKey = () => randomBytes(KEY_BYTES).toString('base64');

const linesOf = (text: string) => text.split(/\s+/).filter(Boolean);

function watchFile(file: string): () => MasterKey[] {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${newKey()}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  }
  const read = () => ({ stamp: stampOf(file), keys: parse(readFileSync(file, 'utf8'), file) });
  let known = read();
  return () => {
    if (stampOf(file) !== known.stamp) known = read();
    return known.keys;
  };
}

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

/** Nothing of what cannot be read is told: it may be a key that was mistyped. */
function parse(text: string, place: string): MasterKey[] {
  const keys = linesOf(text).map(parseKey);
  if (keys.length === 0 || keys.includes(null))
    throw new StartError(`The master key in ${place} is neither 32 bytes in base64 nor a recipient (age1…).`);
  return keys as MasterKey[];
}

function parseKey(line: string): MasterKey | null {
  if (line.startsWith('age1'))
    try {
      const recipient = parseRecipient(line);
      return { id: idOf(recipient), recipient, identity: null };
    } catch {
      return null;
    }
  const bytes = Buffer.from(line, 'base64');
  if (bytes.length !== KEY_BYTES) return null;
  const { key, publicKey } = identityOf(bytes);
  return { id: idOf(publicKey), recipient: publicKey, identity: key };
}

const idOf = (recipient: Buffer) =>
  createHash('sha256').update('reprise master key\n').update(recipient).digest().subarray(0, ID_BYTES);
