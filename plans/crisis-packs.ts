/**
 * Crisis packs: what is needed when nothing else is left, in one file sealed to the client's recovery keys. It is made from a
 * snapshot, kept here and in a second store, and handed out on paper or on a stick.
 */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { canonical, sha256 } from './canonical.ts';
import { findClient } from './clients.ts';
import { type CrisisPackContents, gatherPack } from './crisis-pack-contents.ts';
import { findPackSettings } from './crisis-pack-settings.ts';
import { conflict, notFound } from './errors.ts';
import { type Finding, findingColumns } from './findings.ts';
import { listRecipients } from './keys.ts';
import { listPlans } from './plans.ts';
import { LOCALES, type Locale } from './reports/head.ts';
import type { Work } from './work.ts';

export const PackFile = z.object({ name: z.string(), sha256: z.string(), bytes: z.int() });
export type PackFile = z.infer<typeof PackFile>;

export const NewCrisisPack = z.object({ locale: z.enum(LOCALES).default('fr') });
export type NewCrisisPack = z.infer<typeof NewCrisisPack>;

/** Takes the snapshot now; the pack is made from it by a job. */
export async function requestCrisisPack(
  work: Work,
  client: string,
  { locale }: { locale: Locale },
  versions: { product: string; engine: string },
): Promise<string> {
  allow(work, 'report.request');
  return insertPack(work, client, { locale, versions });
}

/** The same by the service itself, once a plan came into force. Null where nobody wants it, or no key could open it. */
export async function packAfterApproval(
  work: Work,
  client: string,
  versions: { product: string; engine: string },
): Promise<string | null> {
  allow(work, 'work.finish');
  const { isAutomatic } = await findPackSettings(work, client);
  if (!isAutomatic || (await listRecipients(work, client)).length === 0) return null;
  // Several plans that come into force together make one pack.
  if (await holdsWhatIsInForce(work, client)) return null;
  const { locale } = await findClient(work, client);
  return insertPack(work, client, { locale: locale as Locale, versions });
}

/** Whether the newest pack, made or being made, has each version that is in force. */
async function holdsWhatIsInForce(work: Work, client: string): Promise<boolean> {
  const newest = await work.db
    .selectFrom('crisis_packs')
    .select('snapshot')
    .where('client_id', '=', client)
    .where('state', '<>', 'failed')
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest !== undefined && isOfPlansInForce(work, client, newest.snapshot);
}

/** Whether a pack's snapshot has the versions that are in force now, and no others. */
export async function isOfPlansInForce(work: Work, client: string, snapshot: string): Promise<boolean> {
  const { plans } = JSON.parse(snapshot) as CrisisPackContents;
  const packed = plans.map(({ version }) => version.id).sort();
  const now = (await listPlans(work, client)).flatMap(({ inForce }) => inForce?.id ?? []).sort();
  return packed.join() === now.join();
}

async function insertPack(
  work: Work,
  client: string,
  order: { locale: Locale; versions: { product: string; engine: string } },
): Promise<string> {
  await findClient(work, client);
  const recipients = await listRecipients(work, client);
  if (recipients.length === 0) throw conflict('crisis-pack.no-key');
  const contents: CrisisPackContents = await gatherPack(work, client, order);
  const snapshot = canonical(contents);
  const { id } = await work.db
    .insertInto('crisis_packs')
    .values({
      client_id: client,
      locale: order.locale,
      asked_by: work.actor.name,
      asked_at: work.now,
      snapshot,
      snapshot_sha256: sha256(snapshot),
      recipients,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'crisis-pack.requested',
    { kind: 'crisis-pack', id, client },
    { snapshotSha256: sha256(snapshot) },
  );
  await work.enqueue('make-crisis-pack', { packId: id });
  return id;
}

export interface MadePack {
  key: string;
  sha256: string;
  bytes: number;
  files: PackFile[];
  manifestSha256: string;
  copy: { store: string; key: string; heldUntil: Date | null } | null;
  copyFinding: Finding | null;
}

/** Writes down what was made and where it lies. Once. */
export async function finishCrisisPack(work: Work, id: string, made: MadePack): Promise<void> {
  allow(work, 'work.finish');
  const pack = await work.db
    .updateTable('crisis_packs')
    .set({
      state: 'done',
      finished_at: work.now,
      object_key: made.key,
      sha256: made.sha256,
      bytes: made.bytes,
      files: JSON.stringify(made.files),
      manifest_sha256: made.manifestSha256,
      store_id: made.copy?.store ?? null,
      store_key: made.copy?.key ?? null,
      held_until: made.copy?.heldUntil ?? null,
      ...copyFindingColumns(made.copyFinding),
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('client_id')
    .executeTakeFirst();
  if (!pack) return;
  const { sha256: hash, manifestSha256, copy } = made;
  await record(
    work,
    'crisis-pack.made',
    { kind: 'crisis-pack', id, client: pack.client_id },
    { sha256: hash, manifestSha256, copiedTo: copy?.store ?? null },
  );
}

function copyFindingColumns(found: Finding | null) {
  if (!found) return {};
  const { finding, finding_code, finding_params } = findingColumns(found);
  return { copy_finding: finding, copy_finding_code: finding_code, copy_finding_params: finding_params };
}

export async function failCrisisPack(work: Work, id: string, found: Finding): Promise<void> {
  allow(work, 'work.finish');
  const pack = await work.db
    .updateTable('crisis_packs')
    .set({ state: 'failed', finished_at: work.now, ...findingColumns(found) })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('client_id')
    .executeTakeFirst();
  if (pack)
    await record(
      work,
      'crisis-pack.failed',
      { kind: 'crisis-pack', id, client: pack.client_id },
      { finding: found },
    );
}

/** Where the sealed file lies. That it was fetched goes into the trail. */
export async function openCrisisPack(
  work: Work,
  id: string,
): Promise<{ key: string; name: string; sha256: string }> {
  allow(work, 'client.read');
  const pack = await work.db
    .selectFrom('crisis_packs')
    .select(['client_id', 'object_key', 'sha256', 'asked_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!pack) throw notFound('crisis-pack');
  if (pack.object_key === null || pack.sha256 === null) throw conflict('crisis-pack.not-ready');
  await record(
    work,
    'crisis-pack.downloaded',
    { kind: 'crisis-pack', id, client: pack.client_id },
    { sha256: pack.sha256 },
  );
  const day = pack.asked_at.toISOString().slice(0, 10);
  return {
    key: pack.object_key,
    name: `crisis-pack-${day}-${pack.sha256.slice(0, 8)}.zip.age`,
    sha256: pack.sha256,
  };
}
