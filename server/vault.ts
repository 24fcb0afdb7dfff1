/**
 * Seals secrets that rest in the database, to the recipient of the newest master key. Sealing needs no secret: only what works,
 * not what answers requests, holds the half that opens.
 */
import { existsSync } from 'node:fs';
import { openAge } from '#/jobs/recovery-points/age/open.ts';
import { seal as sealAge } from '#/jobs/recovery-points/age/seal.ts';
import { EngineError } from '#/jobs/recovery-points/contract.ts';
import { type KeySource, type MasterKey, watchMasterKeys } from './master-keys.ts';
import { StartError } from './start-error.ts';

const FORMAT = 3;
const NAME_BYTES = 8;

export interface Vault {
  /** Closes a secret for one provider and purpose; elsewhere it does not open. */
  seal(provider: string, purpose: string, secret: string): Buffer;
  /** Opens it again. Throws when it was sealed for something else, with another key, or was changed. */
  open(provider: string, purpose: string, sealed: Buffer): string;
  /** Whether it is sealed to the newest key. */
  isNewest(sealed: Buffer): boolean;
}

/** Opens the vault. A file of keys is made when it is not there, readable by its owner alone. */
export function openVault(source: KeySource): Vault {
  const keys = watchMasterKeys(source);
  return {
    seal(provider, purpose, secret) {
      const { id, recipient } = keys()[0]!;
      const body = sealAge(Buffer.from(contextOf(provider, purpose) + secret), [recipient]);
      return Buffer.concat([Buffer.of(FORMAT), id, body]);
    },
    open(provider, purpose, sealed) {
      if (sealed[0] !== FORMAT) throw new Error(`A sealed ${purpose} has an unknown format.`);
      const secret = tryOpen(keys(), sealed);
      const context = contextOf(provider, purpose);
      if (secret?.startsWith(context)) return secret.slice(context.length);
      throw new Error(`A sealed ${purpose} does not open with the master keys.`);
    },
    isNewest: (sealed) => sealed[0] === FORMAT && keys()[0]!.id.equals(nameOf(sealed)),
  };
}

/** Refuses to let a process begin that would have to open, and can only seal. */
export function refuseRecipientsAlone(source: KeySource): void {
  if (watchMasterKeys(source)().some(({ identity }) => identity === null))
    throw new StartError(
      'Among the master keys is a recipient (age1…), which only seals. Work needs the keys themselves.',
    );
}

/** Refuses to let a process that answers requests and does no work hold what opens. */
export function refuseWholeKeys(source: KeySource): void {
  if ('file' in source && !existsSync(source.file))
    throw new StartError(`${source.file} is not there. ${GIVE_RECIPIENTS}`);
  if (watchMasterKeys(source)().some(({ identity }) => identity !== null))
    throw new StartError(`With --web-only the master keys themselves must not be given. ${GIVE_RECIPIENTS}`);
}

const GIVE_RECIPIENTS =
  'Put what “reprise secrets recipients” tells where the workers are into a file of its own, and name it in MASTER_KEY_FILE.';

const contextOf = (provider: string, purpose: string) => `${provider}\n${purpose}\n`;
const nameOf = (sealed: Buffer) => sealed.subarray(1, 1 + NAME_BYTES);

/** Null when no key here opens it, or it was changed. */
function tryOpen(keys: MasterKey[], sealed: Buffer): string | null {
  const fitting = keys.find(({ id }) => id.equals(nameOf(sealed)));
  if (!fitting?.identity) return null;
  try {
    const identity = { key: fitting.identity, publicKey: fitting.recipient };
    return openAge(sealed.subarray(1 + NAME_BYTES), [identity]).toString('utf8');
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}
