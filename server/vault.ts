/** Seals secrets that rest in the database: AES-256-GCM with master keys that are not in it. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type MasterKey, watchMasterKeys } from './master-keys.ts';

/** Sealed before keys had names: tried with each. */
const WITHOUT_NAME = 1;
const FORMAT = 2;
const NAME_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Vault {
  /** Closes a secret for one provider and purpose; elsewhere it does not open. */
  seal(provider: string, purpose: string, secret: string): Buffer;
  /** Opens it again. Throws when it was sealed for something else, with another key, or was changed. */
  open(provider: string, purpose: string, sealed: Buffer): string;
  /** Whether the newest key has sealed it. */
  isNewest(sealed: Buffer): boolean;
}

/** Opens the vault with the keys of a file. The file is made when it is not there, readable by its owner alone. */
export function openVault(keyFile: string): Vault {
  const keys = watchMasterKeys(keyFile);
  return {
    seal(provider, purpose, secret) {
      const [{ key, id }] = keys() as [MasterKey];
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(contextOf(provider, purpose));
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(FORMAT), id, nonce, body, cipher.getAuthTag()]);
    },
    open(provider, purpose, sealed) {
      if (sealed[0] !== FORMAT && sealed[0] !== WITHOUT_NAME)
        throw new Error(`A sealed ${purpose} has an unknown format.`);
      for (const { key } of fitting(keys(), sealed)) {
        const secret = tryOpen(key, contextOf(provider, purpose), bodyOf(sealed));
        if (secret !== null) return secret;
      }
      throw new Error(`A sealed ${purpose} does not open with the master key in ${keyFile}.`);
    },
    isNewest: (sealed) => sealed[0] === FORMAT && keys()[0]!.id.equals(nameOf(sealed)),
  };
}

const contextOf = (provider: string, purpose: string) => Buffer.from(`${provider}\n${purpose}`);
const nameOf = (sealed: Buffer) => sealed.subarray(1, 1 + NAME_BYTES);
const bodyOf = (sealed: Buffer) => sealed.subarray(sealed[0] === FORMAT ? 1 + NAME_BYTES : 1);

const fitting = (keys: MasterKey[], sealed: Buffer) =>
  sealed[0] === FORMAT ? keys.filter(({ id }) => id.equals(nameOf(sealed))) : keys;

/** Null when this key did not seal it for this, or it was changed. */
function tryOpen(key: Buffer, context: Buffer, body: Buffer): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES)).setAAD(context);
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    return (
      decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    );
  } catch {
    return null;
  }
}
