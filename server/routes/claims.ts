import { z } from 'zod';
import { ClaimSource, findClaimSource, openClaimAddress } from '#/plans/claims/claim-sources.ts';
import { Claim, listClaims } from '#/plans/claims/words.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import type { Work } from '#/plans/work.ts';
import { newToken } from '../http/identity.ts';
import { api, page } from '../http/route.ts';
import { addressOf, type Services } from '../http/services.ts';
import { listOf, One, whole } from '../http/shapes.ts';

type Settled = Pick<Services, 'settings'>;

const OpenedAddress = z
  .object({
    source: ClaimSource,
    ping: z.string().describe('Address of its pings; told this once'),
    webhook: z.string().describe('Address of its signed webhook'),
    key: z.string().describe('Signs the webhook with HMAC-SHA256; told this once'),
  })
  .meta({ id: 'ClaimAddress' });

/** Addresses by which other tools speak. The token is in the answer itself, and nowhere else. */
export const claimsApi = (services: Settled) => [
  api({
    method: 'post',
    path: '/claim-sources/:id/addresses',
    summary: 'Make an address for a source of claims, in the place of the one before',
    params: One,
    output: OpenedAddress,
    status: 201,
    run: ({ work, params: { id } }) => open(services, work, id),
  }),
  api({
    method: 'get',
    path: '/claim-sources/:id/claims',
    summary: 'What a source said, newest first',
    params: One,
    output: listOf(Claim),
    run: async ({ work, params: { id } }) => {
      await findClaimSource(work, id);
      return whole(await listClaims(work, id, 200));
    },
  }),
];

export const claimsPages = (services: Settled) => [
  page({
    method: 'post',
    path: '/claim-sources/:id/addresses',
    summary: 'Make an address',
    params: One,
    run: async ({ work, params: { id } }) => ({
      show: 'protection/claim-address',
      data: await open(services, work, id),
    }),
  }),
];

async function open({ settings }: Settled, work: Work, id: string) {
  const token = newToken();
  const key = newToken();
  const source = await openClaimAddress(work, id, { hash: hashOfToken(token), key });
  const service = addressOf(settings);
  return { source, ping: `${service}/ping/${token}`, webhook: `${service}/claims/${id}`, key };
}
