/**
 * Canaries that the service puts into a folder itself, before the next backup: hidden, dated, and of a content that is known beforehand.
 * Each is put there once: one that is gone or changed later is what canaries are for.
 */
import { allow } from './access.ts';
import { record } from './audit.ts';
import { sha256 } from './canonical.ts';
import { conflict } from './errors.ts';
import type { Finding } from './findings.ts';
import type { Work } from './work.ts';

const OURS = /^\.reprise-canary-\d{4}-\d{2}-\d{2}\.txt$/;

export const plantedNameOf = (now: Date): string => `.reprise-canary-${now.toISOString().slice(0, 10)}.txt`;

/** What is to be put into a source. */
export interface ToPlant {
  id: string;
  path: string;
  text: string;
}

/** Only into folders that this service reads itself. */
export async function refuseWhereNoneCanBePlanted(
  { db }: Work,
  { id, name }: { id: string; name: string },
): Promise<void> {
  const policy = await db
    .selectFrom('backup_policies')
    .select('id')
    .where('asset_id', '=', id)
    .where('source_kind', '=', 'folder')
    .where('agent_id', 'is', null)
    .executeTakeFirst();
  if (!policy) throw conflict('canary.no-place', { asset: name });
}

/** Those of ours that do not lie in the source of an asset yet. */
export async function canariesToPlant({ db }: Work, asset: string): Promise<ToPlant[]> {
  const rows = await db
    .selectFrom('canaries')
    .select(['id', 'path'])
    .where('asset_id', '=', asset)
    .where('sha256', 'is', null)
    .orderBy('path')
    .execute();
  return rows.filter(({ path }) => OURS.test(path)).map(({ id, path }) => ({ id, path, text: textOf(id) }));
}

/** Every point from now on must hold it; or why it could not be put there, and the next backup tries again. */
export async function notePlantedCanary(
  work: Work,
  { id, path, text }: ToPlant,
  refusal: Finding | null,
): Promise<void> {
  allow(work, 'work.finish');
  const planted = refusal === null && { sha256: sha256(text), first_seen_at: work.now };
  const row = await work.db
    .updateTable('canaries')
    .set({ path, ...planted })
    .where('id', '=', id)
    .where('sha256', 'is', null)
    .returning('client_id')
    .executeTakeFirst();
  if (!row) return;
  const subject = { kind: 'canary', id, client: row.client_id };
  await record(work, refusal === null ? 'canary.planted' : 'canary.not-planted', subject, {
    path,
    finding: refusal,
  });
}

/** For whoever finds it, and the same whenever it is asked. */
const textOf = (
  id: string,
): string => `Fichier témoin déposé ici par Reprise pour la sauvegarde de ce dossier.
Ne le modifiez pas et ne le supprimez pas : s’il change, la sauvegarde est signalée comme suspecte.

Canary file put here by Reprise for the backup of this folder.
Leave it as it is: if it changes, the backup is reported as suspect.

${id}
`;
