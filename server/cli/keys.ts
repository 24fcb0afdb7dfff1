/** `reprise keys`: makes the four key files of a client, and tells which key a file holds; `sheet` stands beside. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  fingerprint,
  newIdentity,
  parseIdentities,
  parseRecipient,
  recipientOf,
} from '#/jobs/recovery-points/age/keys.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';
import { CallError, DONE, follow, readCall, readKeyFile } from './call.ts';
import { tellOutcome } from './output.ts';
import { writeNew } from './write-new.ts';

export const usage = `reprise keys new --out DIR [--json]
reprise keys show FILE [--json]
reprise keys check FILE [--json]
reprise keys sheet --identity FILE --client NAME --out FILE.html [--lang en|fr|nl] [--json]

new: Makes identity.txt and recipient.txt (age), signing.key and signing.pub (Ed25519) in DIR. Never overwrites one.
show, check: reads identities or recipients (age) and tells their fingerprints; what was mistyped is refused (exit 2).
A secret is never shown.
sheet: Makes an escrow sheet of one A4 page, to print and to lock away: the key, as text and as a QR code, how to restore with
it, and lines for two holders. The file fetches nothing, is for its owner only, and replaces none. Remove it once printed.`;

export async function run(args: string[]): Promise<number> {
  if (args[0] === 'sheet') return (await import('./keys-sheet.ts')).run(args.slice(1), usage);
  return follow(args, usage, async () => {
    const { values, positionals } = readCall(
      args,
      { out: { type: 'string' } },
      {
        positionals: args[0] === 'new' ? ['new'] : ['verb', 'file'],
        required: args[0] === 'new' ? ['out'] : [],
      },
    );
    const [verb, file = ''] = positionals;
    if (verb === 'show' || verb === 'check') return tellKeys(file, values.json);
    if (verb !== 'new')
      throw new CallError(`There is "keys new", "show", "check" and "sheet", and no "keys ${verb}".`);
    const files = await makeKeys(values.out!);
    tellOutcome(values.json, { ...files }, [
      `Made in ${values.out}:`,
      '  identity.txt   opens recovery points: keep it offline, with two holders',
      '  recipient.txt  seals them: give it to whoever makes backups',
      '  signing.key    signs them: stays where backups are made',
      '  signing.pub    shows who made them: give it to whoever verifies',
    ]);
    return DONE;
  });
}

function tellKeys(file: string, json: boolean | undefined): number {
  const keys = recipientsIn(readKeyFile(file, 'key')).map((recipient) => ({
    recipient,
    fingerprint: fingerprint(recipient),
  }));
  tellOutcome(
    json,
    { keys },
    keys.map((key) => `${key.fingerprint}  ${key.recipient}`),
  );
  return DONE;
}

/** Of an identity file or a file of recipients; both have a checksum in each line. */
function recipientsIn(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0 || !keys.every((line) => line.startsWith('age1')))
    return parseIdentities(text).map(recipientOf);
  for (const key of keys) parseRecipient(key);
  return keys;
}

async function makeKeys(folder: string): Promise<{ recipient: string; files: string[] }> {
  const { identity, recipient } = newIdentity();
  const { privateKey, publicKey } = newSigningKey();
  const contents = {
    'identity.txt': `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`,
    'recipient.txt': `${recipient}\n`,
    'signing.key': privateKey,
    'signing.pub': publicKey,
  };
  const taken = Object.keys(contents).filter((name) => existsSync(path.join(folder, name)));
  if (taken.length > 0)
    throw new CallError(`${taken.join(', ')} exist in ${folder} already and are left alone.`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(contents)) await writeNew(path.join(folder, name), content);
  return { recipient, files: Object.keys(contents).map((name) => path.resolve(folder, name)) };
}
