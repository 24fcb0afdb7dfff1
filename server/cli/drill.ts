/** `reprise drill`: restores by other people's programs on the machine of whoever holds a key, and the sheet that tells how. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withoutArmour } from '#/jobs/recovery-points/age/armour.ts';
import { parseIdentities } from '#/jobs/recovery-points/age/keys.ts';
import { openAge } from '#/jobs/recovery-points/age/open.ts';
import type { ForeignResult } from '#/jobs/recovery-points/foreign/contract.ts';
import { foreignRestore } from '#/jobs/recovery-points/foreign/foreign-restore.ts';
import { readPrintedSheet } from '#/jobs/recovery-points/foreign/sheet.ts';
import { writeForeignResult } from '#/plans/foreign-results.ts';
import { LOCALES, type Locale } from '#/plans/reports/head.ts';
import { recoverySheetHtml } from '../recovery-sheet.ts';
import { readSettings } from '../settings.ts';
import { loadTemplates } from '../templates.ts';
import { VERSIONS } from '../versions.ts';
import {
  CallError,
  DONE,
  follow,
  openStoreOf,
  readCall,
  readKeyFile,
  STATUS_OF,
  textOrFile,
  withScratch,
} from './call.ts';
import { showProgress, tellOutcome } from './output.ts';
import { writeNew } from './write-new.ts';

export const usage = `reprise drill foreign --from STORE --identity FILE [--asset NAME --point POINT|latest | --drill FILE.age --out FILE] [--sheet FILE.pdf] [--trust PUBKEY] [--json]
reprise drill sheet --client NAME --out FILE.pdf [--lang en|fr|nl]

foreign: follows the commands of RESTORE.md as it lies in the store, or of a printed sheet, with age, zstd and tar alone in a bare
root, and compares what comes of them with the manifest (level L3x). STORE may be a folder. --drill is the sealed answer of a key
drill: it says what to restore, and FILE then holds the result to hand in.
sheet: makes the commands as a PDF to print and keep beside the key. No secret stands in it.`;

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  point: { type: 'string' },
  identity: { type: 'string' },
  drill: { type: 'string' },
  out: { type: 'string' },
  sheet: { type: 'string' },
  trust: { type: 'string', multiple: true },
} as const;

export async function run(args: string[]): Promise<number> {
  if (args[0] === 'sheet') return makeSheet(args.slice(1));
  return follow(args, usage, async (signal) => {
    const { values, positionals } = readCall(args, options, {
      positionals: ['foreign'],
      required: ['from', 'identity'],
    });
    if (positionals[0] !== 'foreign')
      throw new CallError(`There is "drill foreign" and "drill sheet", and no "drill ${positionals[0]}".`);
    const identity = identityIn(readKeyFile(values.identity!, 'identity file'));
    const asked = values.drill === undefined ? null : openDrill(values.drill, identity);
    const { asset = values.asset, point = values.point } = asked ?? {};
    if (!asset || !point) throw new CallError('Give --asset and --point, or the sealed answer as --drill.');
    if (asked && !values.out) throw new CallError('Give --out, a file for the result.');
    const sheet = values.sheet === undefined ? {} : { sheet: await readPrintedSheet(values.sheet) };
    const store = await openStoreOf(addressOf(values.from!));
    const progress = showProgress();
    const found = await withScratch((scratchDir) =>
      foreignRestore({
        store,
        asset,
        point,
        identity,
        trust: (values.trust ?? []).map(textOrFile),
        scratchDir,
        ...sheet,
        ...(asked && { challenge: asked.challenge }),
        onProgress: progress.tell,
        signal,
      }),
    ).finally(() => {
      progress.end();
      return store.close();
    });
    if (asked && found.verdict === 'passed') await writeNew(values.out!, resultOf(asked, found));
    tellOutcome(values.json, found, inLines(found, asked && values.out!));
    return STATUS_OF[found.verdict];
  });
}

interface Asked {
  drill: string;
  answer: string;
  asset: string;
  point: string;
  challenge: string;
}

/** What was sealed to this key. */
function openDrill(file: string, identity: string): Asked {
  const sealed = withoutArmour(Buffer.from(readKeyFile(file, 'sealed answer'), 'latin1'));
  const [answer = '', ...lines] = openAge(sealed, parseIdentities(identity)).toString().trim().split('\n');
  const told = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
  const { drill, asset, point, challenge } = told;
  if (!drill || !asset || !point || !challenge)
    throw new CallError(
      'This drill asks for its answer alone: open it with age -d, and type it on its page.',
    );
  return { answer, drill, asset, point, challenge };
}

function resultOf(
  { drill, answer }: Asked,
  { pointId, paper, isolation, seconds, root, tools }: ForeignResult,
) {
  return writeForeignResult({
    drill,
    answer,
    point: pointId,
    paper: paper.sha256,
    source: paper.source,
    isolation,
    seconds: Math.round((seconds ?? 0) * 1000) / 1000,
    files: root!.files,
    bytes: root!.bytes,
    root: root!.root,
    tools: Object.entries(tools)
      .map(([tool, version]) => `${tool} ${version}`)
      .join('; '),
  });
}

const inLines = (found: ForeignResult, out: string | null): string[] => [
  `${found.verdict}: ${found.pointId}, by the commands of ${found.paper.source === 'sheet' ? 'the printed sheet' : 'RESTORE.md'}${found.paper.isOurs ? '' : ', which are not those of this version'}.`,
  ...found.checks.map(({ name, verdict, observed }) => `  ${name}  ${verdict}: ${observed}`),
  ...found.plantedFaults.map(({ kind, caught }) => `  planted ${kind}: ${caught ? 'caught' : 'MISSED'}`),
  `  isolation: ${found.isolation}`,
  ...(out && found.verdict === 'passed'
    ? [`Wrote ${path.resolve(out)}: hand it in on the page of the drill.`]
    : []),
];

/** Its lines without comments, since others may have comments that age does not know. */
const identityIn = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');

const addressOf = (from: string): string =>
  URL.canParse(from) ? from : pathToFileURL(path.resolve(from)).href;

function makeSheet(args: string[]): Promise<number> {
  return follow(args, usage, async () => {
    const { values } = readCall(
      args,
      { client: { type: 'string' }, out: { type: 'string' }, lang: { type: 'string' } },
      { positionals: [], required: ['client', 'out'] },
    );
    const locale = LOCALES.find((one) => one === (values.lang ?? 'en'));
    if (!locale)
      throw new CallError(`A sheet is written in English, French or Dutch, not in "${values.lang}".`);
    await writeNew(values.out!, await drawn(values.client!, locale));
    const file = path.resolve(values.out!);
    tellOutcome(values.json, { file }, [`Made ${file}. No secret stands in it.`]);
    return DONE;
  });
}

async function drawn(client: string, locale: Locale): Promise<Buffer> {
  const { renderPdf } = await import('../pdf/render.ts');
  const { printOnce } = await import('../pdf/press.ts');
  const { chromiumPath, dataDir } = readSettings();
  const now = new Date();
  const html = recoverySheetHtml(
    {
      client: { name: client },
      fingerprints: [],
      stores: [],
      madeAt: now.toISOString(),
      version: VERSIONS.product,
      locale,
    },
    loadTemplates(),
  );
  const { pdf } = await renderPdf(html, {
    print: printOnce({ chromiumPath, cacheDir: path.join(dataDir, 'programs') }),
    date: now,
  });
  return pdf;
}
