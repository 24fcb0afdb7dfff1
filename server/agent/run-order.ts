/** Does one order with the same engine as a worker, and says how it ended. It never throws: whatever went wrong is an outcome. */
import { hostname } from 'node:os';
import type { AgentOrder, BackupOrder, Outcome, TestOrder } from '#/jobs/agents/protocol.ts';
import { pointOf } from '#/jobs/made-point.ts';
import { parseIdentities } from '#/jobs/recovery-points/age/keys.ts';
import { openAge } from '#/jobs/recovery-points/age/open.ts';
import {
  backupInChild,
  foreignInChild,
  restoreInChild,
  verifyInChild,
} from '#/jobs/recovery-points/in-child.ts';
import { testPoint } from '#/jobs/test-point.ts';
import type { Amounts } from '#/plans/throughput.ts';
import { MOST_PROOFS } from '#/plans/told-test.ts';
import { type Allowed, findAllowed, findAllowedStore } from './allowed.ts';
import { openBeside } from './beside-point.ts';
import { explain } from './explain.ts';
import type { AgentIdentity } from './identity.ts';

export interface Doing {
  identity: AgentIdentity;
  allowed: Allowed;
  /** For work under way, and for programs that had to be unpacked. */
  scratchDir: string;
  programsDir: string;
  onProgress(progress: Amounts): void;
  /** Whether the order is still this agent's, asked before a head is written. */
  mayPublish(): Promise<boolean>;
  signal: AbortSignal;
}

export type Ended = Outcome extends infer One ? (One extends Outcome ? Omit<One, 'attempt'> : never) : never;

export async function runOrder(order: AgentOrder, doing: Doing): Promise<Ended> {
  const isAllowed = doing.allowed.tasks.includes(order.task);
  return order.task === 'backup' ? runBackup(order, doing, isAllowed) : runTest(order, doing, isAllowed);
}

async function runBackup(order: BackupOrder, doing: Doing, isAllowed: boolean): Promise<Ended> {
  const { allowed, identity, scratchDir, programsDir, onProgress, mayPublish, signal } = doing;
  const found = isAllowed ? findAllowed(allowed, order) : null;
  if (!found) return refused(order.source, order.store);
  const beside = openBeside(order, { ...found, identity });
  try {
    const sentinel = await beside.plant(new Date());
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
    const look = await beside.look(result.pointId, signal);
    return { state: 'done', point: pointOf(result, order.recipients), sentinel, look };
  } catch (error) {
    return { state: 'failed', isRefused: false, finding: explain(error) };
  }
}

/** The key that opens the point is open in this process' memory alone, for as long as the test takes. */
async function runTest(order: TestOrder, doing: Doing, isAllowed: boolean): Promise<Ended> {
  const { allowed, identity, scratchDir, programsDir, onProgress, signal } = doing;
  const found = isAllowed ? findAllowedStore(allowed, order.store) : null;
  if (!found) return refused(order.task, order.store);
  try {
    const { task: _, sealedIdentity, ...test } = order;
    const opened =
      sealedIdentity && openAge(Buffer.from(sealedIdentity, 'base64'), parseIdentities(identity.identity));
    const { result, proofs, content } = await testPoint(
      {
        ...test,
        store: { ...order.store, ...found },
        ...(opened && { identity: opened.toString('utf8') }),
        budget: null,
        proven: [],
        // The service says how far this machine is from the data.
        independence: { host: hostname(), ...UNTOLD },
      },
      { engine: ENGINE, scratchDir, programsDir, openScratchDatabase: null },
      { onProgress, signal },
    );
    return { state: 'tested', result, proofs: proofs.slice(0, MOST_PROOFS), content };
  } catch (error) {
    return { state: 'failed', isRefused: false, finding: explain(error) };
  }
}

const ENGINE = { verify: verifyInChild, restore: restoreInChild, foreign: foreignInChild };
const UNTOLD = {
  otherHost: 'unknown',
  otherKey: 'unknown',
  otherAccount: 'unknown',
  otherImplementation: 'no',
} as const;

const refused = (source: string, store: { address: string }): Ended => ({
  state: 'failed',
  isRefused: true,
  finding: {
    code: 'agent.not-allowed',
    params: { source, store: store.address },
    message: `The machine of the agent does not allow this: its allowed.json has no ${source}, or no store ${store.address}.`,
  },
});
