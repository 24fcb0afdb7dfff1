import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { offerOrder } from '#/plans/agent-orders.ts';
import { prepareTestOrder } from '#/plans/agent-test-orders.ts';
import { finding } from '#/plans/findings.ts';
import { failOrderedFor } from '#/plans/ordered-work.ts';
import { signOrder } from './agents/order.ts';
import type { TestOrder } from './agents/protocol.ts';
import { identityOf } from './identity-of.ts';
import { job, type Tools } from './job.ts';
import { WAITED_FOR_MS } from './offer-order.ts';
import { parseRecipient } from './recovery-points/age/keys.ts';
import { seal } from './recovery-points/age/seal.ts';

type Prepared = NonNullable<Awaited<ReturnType<typeof prepareTestOrder>>>;

/** Signs what an agent is to test. The key that opens the point is sealed to the agent alone: neither the web process nor the line reads it. */
export const offerTestOrder = job({
  name: 'offer-test-order',
  payload: z.object({ testId: z.uuid() }),
  retries: 3,
  longestSeconds: 60,
  atOnce: 2,

  async run({ testId }, provider, tools) {
    const prepared = await tools.inProvider(provider, (work) => prepareTestOrder(work, testId));
    if (!prepared) return;
    const { agent, keyName } = prepared;
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + WAITED_FOR_MS);
    const signingKey = tools.open(provider, 'order-signing', prepared.sealedOrderKey);
    const order = orderOf(prepared, provider, tools);
    const signed = await signOrder(order, { id, agent: keyName, expiresAt, signingKey });
    const ordered = { run_id: null, test_id: testId };
    await tools.inProvider(provider, (work) => offerOrder(work, ordered, { id, agent, signed, expiresAt }));
  },

  giveUp: ({ testId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failOrderedFor(
        work,
        { run_id: null, test_id: testId },
        null,
        finding('restore-test.worker-died', 'The worker died each time it tried. Nothing was shown.'),
      ),
    ),
});

function orderOf({ recipient, test }: Prepared, provider: string, tools: Tools): TestOrder {
  const { identity } = identityOf(test.sealedIdentities, provider, tools);
  const { point } = test;
  return {
    task: 'restore-test',
    store: { address: test.store.address, checksums: test.store.checksums, isInUse: true },
    point: {
      point: point.point,
      asset: { label: point.asset.label },
      headSha256: point.headSha256,
      dataTime: point.dataTime,
    },
    sealedIdentity: identity ? sealed(identity, recipient) : null,
    level: test.level,
    trust: test.trust,
    assertions: test.assertions,
    opensFiles: test.opensFiles,
    brokenBefore: test.brokenBefore.map(({ path, sha256 }) => ({ path, sha256 })),
    sentinel: test.sentinel,
    watched: test.watched,
  };
}

const sealed = (identity: string, recipient: string): string =>
  seal(Buffer.from(identity), [parseRecipient(recipient)]).toString('base64');
