import { mkdir, writeFile } from 'node:fs/promises';
import { sha256 } from '#/plans/canonical.ts';

/** Where `reprise report verify` finds the roots of the reports that this installation seals. */
export const rootsFolder = (dataDir: string) => `${dataDir}/keys/report-roots`;

/** Lays the certificates of a seal where reports are checked. They are public; the same ones are the same file. */
export async function publishRoot(dataDir: string, certificates: string): Promise<void> {
  const folder = rootsFolder(dataDir);
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/${sha256(certificates).slice(0, 32)}.pem`, certificates);
}
