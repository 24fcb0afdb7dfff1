import { z } from 'zod';
import { type Finding, finding } from '#/plans/findings.ts';
import type { Reconciled } from '#/plans/reconciliation-records.ts';
import {
  failReconciliation,
  finishReconciliation,
  planReconciliation,
  startReconciliation,
} from '#/plans/reconciliations.ts';
import { type Cleaned, cleanUpStore, graceOf } from './clean-up-store.ts';
import { findingOf } from './finding.ts';
import { identityOf } from './identity-of.ts';
import { job, type Tools } from './job.ts';
import { leftOver } from './left-over.ts';
import type { ChildOptions } from './recovery-points/in-child.ts';
import type { Reconciliation } from './recovery-points/reconcile/reconcile.ts';
import { storeOf } from './store-of.ts';
import { tellingProgress } from './telling-progress.ts';

/** Sets what a store holds of an asset against what is known, removes what no point needs, and writes both down. */
export const reconcileStore = job({
  name: 'reconcile-store',
  payload: z.object({ policyId: z.uuid() }),
  retries: 2,
  longestSeconds: 4 * 3600,
  atOnce: 1,

  async run({ policyId }, provider, tools, signal) {
    const plan = await tools.inProvider(provider, (work) => startReconciliation(work, policyId));
    if (!plan) return;
    const order = orderOf(plan, provider, tools);
    const long = { client: plan.client, kind: 'reconciliation' as const, id: policyId };
    await tellingProgress(long, 'list', provider, tools, async (onProgress) => {
      const watch = { signal, onProgress };
      const found = await look(order, plan, provider, tools, watch);
      if ('finding' in found) {
        await tools.inProvider(provider, (work) => failReconciliation(work, policyId, found.finding));
        return;
      }
      const { known } = plan;
      const cleaned = await cleanUpStore({ policyId, ...order, known, found }, provider, tools, watch);
      await tools.inProvider(provider, (work) =>
        finishReconciliation(work, policyId, asKept(found, cleaned, order.olderThan)),
      );
    });
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

/**
 * Remembers what a backup that died made, before another is made in its place. A store out of reach is told by that one.
 * It removes nothing: the backup that follows would have to be a full one.
 */
export async function adoptWhatIsThere(
  policyId: string,
  provider: string,
  tools: Tools,
  signal: AbortSignal,
): Promise<void> {
  const plan = await tools.inProvider(provider, (work) => planReconciliation(work, policyId));
  const order = orderOf(plan, provider, tools);
  const found = await look(order, plan, provider, tools, { signal });
  if ('finding' in found) return;
  await tools.inProvider(provider, (work) =>
    finishReconciliation(work, policyId, asKept(found, null, order.olderThan)),
  );
}

type Plan = Awaited<ReturnType<typeof planReconciliation>>;

/** What every order to the engine says. */
const orderOf = ({ asset, store, lockDays }: Plan, provider: string, tools: Tools) => ({
  store: storeOf(store, provider, tools),
  asset,
  olderThan: graceOf(lockDays),
});

async function look(
  { store, asset }: ReturnType<typeof orderOf>,
  { known, trust, recipients, sealedVerifiers }: Plan,
  provider: string,
  { engine, open }: Tools,
  watch: ChildOptions,
): Promise<Reconciliation | { finding: Finding }> {
  const identity = identityOf(sealedVerifiers, provider, { open });
  try {
    return await engine.reconcile({ store, asset, known, trust, recipients, ...identity }, watch);
  } catch (error) {
    return { finding: findingOf(error).finding };
  }
}

function asKept(found: Reconciliation, cleaned: Cleaned | null, olderThan: number): Reconciled {
  const unreadable = found.unreadable.map(({ id, finding }) => ({ point: id, finding }));
  const isAltered = new Set(found.altered.map(({ point }) => point));
  return {
    ...leftOver(found, cleaned, { olderThan, now: new Date() }),
    heads: found.heads,
    toAdopt: found.toAdopt,
    losses: [
      ...found.gone.map((one) => ({ ...one, kind: 'gone' as const })),
      ...found.altered.map((one) => ({ ...one, kind: 'altered' as const })),
    ],
    refused: [...found.refused, ...unreadable.filter(({ point }) => !isAltered.has(point))].slice(0, 100),
    foreign: found.foreign.count,
    newest: found.newest,
  };
}
