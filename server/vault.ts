/** Seals secrets that rest in the database: AES-256-GCM with a master key that is not in it. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from './start-error.ts';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Vault {
  /** Closes a secret for one provider and purpose; elsewhere it does not open. */
  seal(provider: string, purpose: string, secret: string): Buffer;
  /** Opens it again. Throws when it was sealed for something else, with another key, or was changed. */
  open(provider: string, purpose: string, sealed: Buffer): string;
}

/** Opens the vault with the key of a file. The file is made when it is not there, readable by its owner alone. */
export function openVault(keyFile: string): Vault {
  const key = readOrMakeKey(keyFile);
  return {
    seal(provider, purpose, secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(contextOf(provider, purpose));
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(FORMAT), nonce, body, cipher.getAuthTag()]);
    },
    open(provider, purpose, sealed) {
      if (sealed[0] !== FORMAT) throw new Error(`A sealed ${purpose} has an unknown format.`);
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(contextOf(provider, purpose));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return (
          decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') +
          decipher.final('utf8')
        );
      } catch (cause) {
        throw new Error(`A sealed ${purpose} does not open with the master key in ${keyFile}.`, { cause });
      }
    },
  };
}

const contextOf = (provider: string, purpose: string) => Buffer.from(`${provider}\n${purpose}`);

function readOrMakeKey(file: string): Buffer {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== 32) throw new StartError(`The master key in ${file} is not 32 bytes in base64.`);
  return key;
}
