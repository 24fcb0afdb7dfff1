/** From the snapshot of a crisis pack to one archive: plans and cards as sealed PDFs, tables that open anywhere, and a list of it all. */
import { readFileSync } from 'node:fs';
import { canonical, sha256 } from '#/plans/canonical.ts';
import type { CrisisPackContents } from '#/plans/crisis-pack-contents.ts';
import type { PackFile } from '#/plans/crisis-packs.ts';
import { makeArchive } from '../exchange/zip.ts';
import { makeReportPdf } from '../pdf/make-report.ts';
import type { Print } from '../pdf/press.ts';
import type { SealIdentity } from '../pdf/seal-identity.ts';
import type { Templates } from '../templates.ts';
import { directoryTable, holdersTable, readMe, restartTable } from './tables.ts';

export interface MadeArchive {
  zip: Buffer;
  /** Everything in it but the manifest itself. */
  files: PackFile[];
  manifestSha256: string;
}

export async function makePack(
  contents: CrisisPackContents,
  drawing: { print: Print; identity: SealIdentity; templates: Templates },
): Promise<MadeArchive> {
  const { templates } = drawing;
  const say = (key: string, params?: Record<string, string | number>) =>
    templates.say(contents.locale, `crisis-pack.${key}`, params, contents.client.timeZone);
  const files: [name: string, content: Buffer][] = [];
  for (const [index, snapshot] of contents.plans.entries()) {
    const { pdf } = await makeReportPdf({ ...drawing, snapshot });
    const { kind } = snapshot.plan;
    files.push([`${say('folder.plans')}/${index + 1}-${kind}-v${snapshot.version.number}.pdf`, pdf]);
  }
  const { pdf } = await makeReportPdf({ ...drawing, snapshot: contents.cards });
  files.push([`${say('file.cards')}.pdf`, pdf]);
  files.push([`${say('file.directory')}.csv`, directoryTable(contents, say)]);
  files.push([`${say('file.restart')}.csv`, restartTable(contents, say)]);
  files.push([`${say('file.holders')}.csv`, holdersTable(contents, say)]);
  for (const name of ['RESTORE.md', 'restore.sh']) files.push([`restore/${name}`, restoreKit(name)]);
  files.push(['evidence.json', Buffer.from(canonical(contents.evidence))]);

  const listed = files.map(([name, content]) => ({ name, sha256: sha256(content), bytes: content.length }));
  const manifest = Buffer.from(
    canonical({ format: contents.format, client: contents.client, madeAt: contents.madeAt, files: listed }),
  );
  const first = Buffer.from(readMe(contents, listed, say));
  const zip = makeArchive([[`${say('file.readme')}.txt`, first], ...files, ['manifest.json', manifest]]);
  return { zip, files: listed, manifestSha256: sha256(manifest) };
}

const restoreKit = (name: string): Buffer =>
  readFileSync(new URL(`../../jobs/recovery-points/restore-kit/${name}`, import.meta.url));
