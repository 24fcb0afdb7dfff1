import { z } from 'zod';
import { sha256 } from '#/plans/canonical.ts';
import { startCrisisPack } from '#/plans/crisis-pack-start.ts';
import { failCrisisPack, finishCrisisPack, type MadePack } from '#/plans/crisis-packs.ts';
import { finding } from '#/plans/findings.ts';
import { notDrawable } from './drawing-error.ts';
import { findingOf } from './finding.ts';
import { job, type Tools } from './job.ts';
import { sealWhole } from './recovery-points/age/seal-whole.ts';
import { storeOf } from './store-of.ts';
import { openStore } from './stores/open.ts';

const DAY_MS = 86_400_000;

type Started = NonNullable<Awaited<ReturnType<typeof startCrisisPack>>>;

/** Makes a crisis pack from its snapshot, seals it to the recovery keys, and puts it here and in the second store. */
export const makeCrisisPack = job({
  name: 'make-crisis-pack',
  payload: z.object({ packId: z.uuid() }),
  retries: 3,
  longestSeconds: 1800,
  atOnce: 1,

  async run({ packId }, provider, tools) {
    const plan = await tools.inProvider(provider, (work) => startCrisisPack(work, packId));
    if (!plan) return;
    const sealingKey = tools.open(provider, 'report-sealing', plan.sealedKey);
    const made = await tools
      .makeCrisisPack({ provider, sealingKey, snapshot: plan.snapshot, certificates: plan.certificates })
      .catch(notDrawable);
    if ('code' in made) return tools.inProvider(provider, (work) => failCrisisPack(work, packId, made));
    const { zip, files, manifestSha256 } = made;
    const sealed = sealWhole(zip, plan.recipients);
    const hash = sha256(sealed);
    // Named by content: a second try makes other bytes, and never writes over those whose hash is on record.
    const name = `crisis-packs/${plan.askedAt.toISOString().slice(0, 10)}-${hash.slice(0, 16)}.zip.age`;
    const key = `${provider}/${plan.client}/${name}`;
    await tools.documents.put(key, sealed);
    const copied = await copyTo(plan.second, { name, sealed, hash }, provider, tools);
    await tools.inProvider(provider, (work) =>
      finishCrisisPack(work, packId, {
        ...{ key, sha256: hash, bytes: sealed.length, files, manifestSha256 },
        ...copied,
      }),
    );
  },

  giveUp: ({ packId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failCrisisPack(
        work,
        packId,
        finding(
          'crisis-pack.not-made',
          'The crisis pack could not be made. The cause is in the service log.',
        ),
      ),
    ),
});

/** A copy that cannot be written is told, and does not keep the pack from its people. */
async function copyTo(
  second: Started['second'],
  { name, sealed, hash }: { name: string; sealed: Buffer; hash: string },
  provider: string,
  tools: Tools,
): Promise<Pick<MadePack, 'copy' | 'copyFinding'>> {
  if (!second) return { copy: null, copyFinding: null };
  try {
    const { address, ...how } = storeOf(second.sealed, provider, tools);
    const store = await openStore(address, { ...how, credentials: how.credentials ?? undefined });
    try {
      const until = new Date(Date.now() + second.holdDays * DAY_MS);
      const canHold = second.canHold && store.locks !== null;
      const retention = canHold ? { retention: { mode: 'governance' as const, until } } : {};
      await store.put(name, sealed, { ...retention, sha256: hash });
      return {
        copy: { store: second.id, key: name, heldUntil: canHold ? until : null },
        copyFinding: canHold
          ? null
          : finding('crisis-pack.not-held', 'The second store cannot hold the copy against removal.'),
      };
    } finally {
      await store.close();
    }
  } catch (error) {
    return { copy: null, copyFinding: findingOf(error).finding };
  }
}
