/** `reprise keys sheet`: the escrow sheet of a recovery identity, as a file to print. */
import path from 'node:path';
import { fingerprint, parseIdentities, recipientOf } from '#/jobs/recovery-points/age/keys.ts';
import { LOCALES, type Locale } from '#/plans/reports/head.ts';
import { keySheet } from '../key-sheet.ts';
import { keySheetHtml } from '../key-sheet-html.ts';
import { loadTemplates } from '../templates.ts';
import { CallError, DONE, follow, readCall, readKeyFile } from './call.ts';
import { tellOutcome } from './output.ts';
import { writeNew } from './write-new.ts';

const options = {
  identity: { type: 'string' },
  client: { type: 'string' },
  out: { type: 'string' },
  lang: { type: 'string' },
} as const;

export function run(args: string[], usage: string): Promise<number> {
  return follow(args, usage, async () => {
    const { values } = readCall(args, options, {
      positionals: [],
      required: ['identity', 'client', 'out'],
    });
    const templates = loadTemplates();
    const locale = readLocale(values.lang ?? 'en');
    const client = values.client!.trim();
    if (client === '') throw new CallError('Name the client to whom the key belongs.');
    const key = readIdentity(readKeyFile(values.identity!, 'identity'));

    const sheet = keySheet({ ...key, client: { name: client }, provider: null, replaces: null });
    await writeNew(values.out!, keySheetHtml(sheet, locale, templates));
    const file = path.resolve(values.out!);
    tellOutcome(values.json, { file, recipient: key.recipient, fingerprint: fingerprint(key.recipient) }, [
      `Made ${file} for the key ${fingerprint(key.recipient)}.`,
      'The secret key stands in it: print it twice, from a machine and to a printer that you trust, then remove it.',
    ]);
    return DONE;
  });
}

function readLocale(given: string): Locale {
  const locale = LOCALES.find((one) => one === given);
  if (!locale) throw new CallError(`A sheet is written in ${LOCALES.join(' or ')}, not in "${given}".`);
  return locale;
}

/** One key a sheet, so that no sheet has to be destroyed for the sake of another key. */
function readIdentity(text: string): { identity: string; recipient: string; madeAt: string | null } {
  const identities = parseIdentities(text);
  if (identities.length > 1)
    throw new CallError(`The file holds ${identities.length} identities, and a sheet is for one.`);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const identity = lines.find((line) => line !== '' && !line.startsWith('#'))!;
  return { identity: identity.toUpperCase(), recipient: recipientOf(identities[0]!), madeAt: madeAt(lines) };
}

/** As age-keygen and `reprise keys new` write it down. */
function madeAt(lines: string[]): string | null {
  const [, when = ''] = /^# created: (\S+)$/m.exec(lines.join('\n')) ?? [];
  return Number.isNaN(Date.parse(when)) ? null : when;
}
