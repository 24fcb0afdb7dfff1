/** What an order asks for beside the recovery point: a dated sentinel put into the source before, and a look for omissions after. */
import { createPublicKey } from 'node:crypto';
import type { BackupOrder, Outcome } from '#/jobs/agents/protocol.ts';
import { findOmissions } from '#/jobs/recovery-points/find-omissions.ts';
import { listSource } from '#/jobs/sources/own-list.ts';
import { plantSentinel } from '#/jobs/sources/sentinel.ts';
import { openStore } from '#/jobs/stores/open.ts';
import type { S3Credentials } from '#/jobs/stores/store.ts';
import type { Finding } from '#/plans/findings.ts';
import { sentinelText } from '#/plans/sentinel-texts.ts';
import { explain } from './explain.ts';
import type { AgentIdentity } from './identity.ts';

type Done = Extract<Outcome, { state: 'done' }>;

interface Found {
  source: string;
  takesSentinel: boolean;
  credentials: S3Credentials | null;
  identity: AgentIdentity;
}

export const openBeside = (order: BackupOrder, found: Found) => ({
  /** A source that takes none is backed up all the same, and it is told why. */
  async plant(now: Date): Promise<Done['sentinel']> {
    if (order.sentinelFor === null) return null;
    const text = sentinelText(now, order.sentinelFor);
    if (!found.takesSentinel) return { text, refusal: notAllowed(order.source) };
    try {
      await plantSentinel(found.source, text);
      return { text, refusal: null };
    } catch (error) {
      return { text, refusal: explain(error) };
    }
  },

  /** The point counts whether or not the look succeeds. */
  async look(point: string, signal: AbortSignal): Promise<Done['look']> {
    if (!order.look) return null;
    try {
      const { address, checksums } = order.store;
      const { identity, signingKey } = found.identity;
      const omissions = await findOmissions(await listSource(found.source, signal), {
        store: await openStore(address, { checksums, credentials: found.credentials ?? undefined }),
        asset: order.asset,
        point,
        identity,
        trust: [createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }).toString()],
        missedBefore: order.look.missedBefore,
      });
      return { omissions: shortened(omissions) };
    } catch (error) {
      if (signal.aborted) throw error;
      return { finding: explain(error) };
    }
  },
});

const MOST_TOLD = 1000;

function shortened(omissions: Awaited<ReturnType<typeof findOmissions>>) {
  const { unconfirmed, beside } = omissions;
  return { ...omissions, unconfirmed: unconfirmed.slice(0, MOST_TOLD), beside: beside.slice(0, MOST_TOLD) };
}

const notAllowed = (source: string): Finding => ({
  code: 'agent.sentinel-not-allowed',
  params: { source },
  message: `The machine of the agent lets nothing be written into ${source}.`,
});
