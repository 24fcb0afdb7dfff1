import { z } from 'zod';
import { type Finding, finding } from '#/plans/findings.ts';
import {
  failReconciliation,
  finishReconciliation,
  planReconciliation,
  type Reconciled,
  startReconciliation,
} from '#/plans/reconciliations.ts';
import { findingOf } from './finding.ts';
import { identityOf } from './identity-of.ts';
import { job, type Tools } from './job.ts';
import type { Reconciliation } from './recovery-points/reconcile/reconcile.ts';

/** Sets what a store holds of an asset against what is known, and writes it down. It removes nothing. */
export const reconcileStore = job({
  name: 'reconcile-store',
  payload: z.object({ policyId: z.uuid() }),
  retries: 2,
  longestSeconds: 4 * 3600,
  atOnce: 1,

  async run({ policyId }, provider, tools, signal) {
    const plan = await tools.inProvider(provider, (work) => startReconciliation(work, policyId));
    if (!plan) return;
    const found = await look(plan, provider, tools, signal);
    await tools.inProvider(provider, (work) =>
      'finding' in found
        ? failReconciliation(work, policyId, found.finding)
        : finishReconciliation(work, policyId, found),
    );
  },

  giveUp: ({ policyId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failReconciliation(
        work,
        policyId,
        finding(
          'reconciliation.worker-died',
          'The worker died each time it looked at the store. Nothing new is known of it.',
        ),
      ),
    ),
});

/** Remembers what a backup that died made, before another is made in its place. A store out of reach is told by that one. */
export async function adoptWhatIsThere(
  policyId: string,
  provider: string,
  tools: Tools,
  signal: AbortSignal,
): Promise<void> {
  const plan = await tools.inProvider(provider, (work) => planReconciliation(work, policyId));
  const found = await look(plan, provider, tools, signal);
  if ('finding' in found) return;
  await tools.inProvider(provider, (work) => finishReconciliation(work, policyId, found));
}

type Plan = Awaited<ReturnType<typeof planReconciliation>>;

async function look(
  { asset, store, known, trust, recipients, sealedVerifiers }: Plan,
  provider: string,
  { engine, open }: Tools,
  signal: AbortSignal,
): Promise<Reconciled | { finding: Finding }> {
  const credentials = store.sealedCredentials && JSON.parse(open(provider, 'store', store.sealedCredentials));
  const request = {
    store: { address: store.address, credentials, checksums: store.checksums },
    asset,
    known,
    trust,
    recipients,
    ...identityOf(sealedVerifiers, provider, { open }),
  };
  try {
    return asKept(await engine.reconcile(request, { signal }), new Date());
  } catch (error) {
    return { finding: findingOf(error).finding };
  }
}

/** What a backup may still be at work on is not told as left over. */
const SETTLED_MS = 86_400_000;

function asKept(found: Reconciliation, now: Date): Reconciled {
  const isSettled = (at: Date) => now.getTime() - at.getTime() > SETTLED_MS;
  const unreadable = found.unreadable.map(({ id, finding }) => ({ point: id, finding }));
  const isAltered = new Set(found.altered.map(({ point }) => point));
  return {
    heads: found.heads,
    toAdopt: found.toAdopt,
    losses: [
      ...found.gone.map((one) => ({ ...one, kind: 'gone' as const })),
      ...found.altered.map((one) => ({ ...one, kind: 'altered' as const })),
    ],
    orphans: found.orphans && total(found.orphans.filter(({ sealedAt }) => isSettled(sealedAt))),
    orphansUnknown: found.orphansUnknown,
    incomplete: total(found.incomplete.filter(({ writtenAt }) => isSettled(writtenAt))),
    refused: [...found.refused, ...unreadable.filter(({ point }) => !isAltered.has(point))].slice(0, 100),
    foreign: found.foreign.count,
  };
}

function total(left: { bytes: number }[]) {
  return { count: left.length, bytes: left.reduce((sum, { bytes }) => sum + bytes, 0) };
}
