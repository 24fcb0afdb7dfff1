/** Does one order with the same engine as a worker, and says how it ended. It never throws: whatever went wrong is an outcome. */

import type { BackupOrder, Outcome } from '#/jobs/agents/protocol.ts';
import { findingOf } from '#/jobs/finding.ts';
import { pointOf } from '#/jobs/made-point.ts';
import type { Progress } from '#/jobs/recovery-points/contract.ts';
import { backupInChild } from '#/jobs/recovery-points/in-child.ts';
import type { Finding } from '#/plans/findings.ts';
import { type Allowed, findAllowed } from './allowed.ts';
import type { AgentIdentity } from './identity.ts';

export interface Doing {
  identity: AgentIdentity;
  allowed: Allowed;
  /** For work under way, and for programs that had to be unpacked. */
  scratchDir: string;
  programsDir: string;
  onProgress(progress: Progress): void;
  /** Whether the order is still this agent's, asked before a head is written. */
  mayPublish(): Promise<boolean>;
  signal: AbortSignal;
}

type Ended = Outcome extends infer One ? (One extends Outcome ? Omit<One, 'attempt'> : never) : never;

export async function runOrder(order: BackupOrder, doing: Doing): Promise<Ended> {
  const { allowed, identity, scratchDir, programsDir, onProgress, mayPublish, signal } = doing;
  const found = allowed.tasks.includes(order.task) ? findAllowed(allowed, order) : null;
  if (!found) return { state: 'failed', isRefused: true, finding: refusal(order) };
  try {
    const result = await backupInChild(
      {
        source: found.source,
        hadFiles: order.hadFiles,
        store: { ...order.store, credentials: found.credentials },
        asset: order.asset,
        recipients: order.recipients,
        signingKey: identity.signingKey,
        ...(!order.isFull && { identity: identity.identity }),
        ...(order.retention && { retention: order.retention }),
        limits: { isGentle: order.isGentle },
        scratchDir,
        programsDir,
      },
      { onProgress, mayPublish, signal },
    );
    return { state: 'done', point: pointOf(result, order.recipients) };
  } catch (error) {
    return { state: 'failed', isRefused: false, finding: explain(error) };
  }
}

function refusal({ source, store }: BackupOrder): Finding {
  return {
    code: 'agent.not-allowed',
    params: { source, store: store.address },
    message: `The machine of the agent does not allow this: its allowed.json has no source ${source}, or no store ${store.address}.`,
  };
}

function explain(error: unknown): Finding {
  try {
    return findingOf(error).finding;
  } catch {
    const { message } = error as Error;
    return { code: 'unexpected', params: { original: message }, message };
  }
}
