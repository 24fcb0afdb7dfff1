import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { findClaimKey } from '#/plans/claims/door.ts';
import { hearClaim } from '#/plans/claims/words.ts';
import { job } from './job.ts';

const KEPT_CHARACTERS = 10_240;

const Said = z.object({
  status: z.enum(['start', 'ok', 'fail', 'log']),
  run: z.string().optional(),
  exitStatus: z.int().optional(),
  job: z.string().optional(),
  files: z.int().optional(),
  bytes: z.int().optional(),
  dataTime: z.string().optional(),
  message: z.string().optional(),
});

/** Checks the signature of what a webhook brought, and keeps what it says. What is not signed by its key was never said. */
export const hearClaimJob = job({
  name: 'hear-claim',
  payload: z.object({
    source: z.uuid(),
    heardAt: z.iso.datetime(),
    seconds: z.int(),
    mac: z.string(),
    body: z.string(),
  }),
  retries: 2,
  longestSeconds: 60,
  atOnce: 2,

  async run({ source, heardAt, seconds, mac, body }, provider, { inProvider, open, log }) {
    const found = await inProvider(provider, (work) => findClaimKey(work, source));
    if (!found) return;
    const key = open(provider, 'claim-key', found.sealedKey);
    const ours = createHmac('sha256', key).update(`${seconds}.${body}`).digest();
    if (!timingSafeEqual(ours, Buffer.from(mac, 'hex'))) {
      log.warn({ source }, 'a webhook was not signed by the key of its source');
      return;
    }
    const said = Said.parse(JSON.parse(body));
    await inProvider(provider, (work) =>
      hearClaim(
        { ...work, now: new Date(heardAt) },
        { client: found.client, source },
        {
          kind: said.status,
          run: said.run ?? null,
          signature: mac,
          exitStatus: said.exitStatus ?? null,
          job: said.job ? storable(said.job) : null,
          files: said.files ?? null,
          bytes: said.bytes ?? null,
          dataTime: said.dataTime ? new Date(said.dataTime) : null,
          body: storable(said.message ?? ''),
        },
      ),
    );
  },

  // A word that was lost is missing, and that is seen in time.
  async giveUp() {},
});

/** Text that a row can hold: no zero bytes, no more than is kept. */
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').slice(0, KEPT_CHARACTERS);
