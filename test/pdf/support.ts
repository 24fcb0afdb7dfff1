/** A small report with everything that sealing touches, drawn and sealed once for all tests. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { printOnce } from '#/server/pdf/press.ts';
import { renderPdf } from '#/server/pdf/render.ts';
import { sealPdf } from '#/server/pdf/seal.ts';
import { createSealIdentity, type SealIdentity } from '#/server/pdf/seal-identity.ts';

/** Chromium stays unpacked between runs. */
export const PLACES = { chromiumPath: null, cacheDir: resolve('node_modules/.cache/reprise') };

export const PRINT = printOnce(PLACES);

export const DATE = new Date('2026-03-04T05:06:07Z');
export const PROVIDER = { name: 'Amarante Continuité, S.A. «Nord»', country: 'FR', now: DATE };
export const EVIDENCE = { client: 'Hôpital du Lac', tests: [1, 2, 3], note: 'é'.repeat(500) };
const EVIDENCE_TEXT = JSON.stringify(EVIDENCE);

export const HTML = `<!doctype html><html lang="fr"><meta charset="utf-8"><title>Préparation à l’épreuve</title>
<style>@page { size: A4; margin: 20mm } section { break-before: page } [data-toc] { display: inline-block; width: 3em }</style>
<p><a href="#one">Un <span data-toc="one"></span></a> <a href="#deux-é">Deux <span data-toc="deux-é"></span></a></p>
${'<section>Une page.</section>'.repeat(9)}
<section id="one"><h1>Un</h1></section><section>Une page.</section><section id="deux-é"><h1>Deux</h1></section>`;

let drawn: Promise<Buffer> | undefined;
let identity: Promise<SealIdentity> | undefined;

/** Not yet sealed. */
export function drawnReport(): Promise<Buffer> {
  drawn ??= renderPdf(HTML, { print: PRINT, date: DATE }).then(({ pdf }) => pdf);
  return drawn;
}

export function providerIdentity(): Promise<SealIdentity> {
  identity ??= createSealIdentity(PROVIDER);
  return identity;
}

export async function sealedReport(by?: SealIdentity, pdf?: Buffer): Promise<Buffer> {
  return sealPdf(pdf ?? (await drawnReport()), {
    identity: by ?? (await providerIdentity()),
    evidence: EVIDENCE_TEXT,
    title: 'Préparation <b> à l’épreuve',
    author: PROVIDER.name,
    reference: 'RPR-2026-7F3A9C21',
    locale: 'fr',
    date: DATE,
  });
}

/** Writes bytes to a file for as long as `work` lasts. */
export async function withFile<Result>(
  bytes: Buffer | string,
  work: (file: string, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-test-pdf-'));
  try {
    const file = join(folder, 'report.pdf');
    await writeFile(file, bytes);
    return await work(file, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a program says and how it ends. */
export async function runProgram(
  program: string,
  ...args: string[]
): Promise<{ status: number; output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args);
    return { status: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== 'number') throw error;
    return { status: code, output: stdout + stderr };
  }
}
