/** Orders: what the service asks of one agent. Signed, so that whoever only holds the web process or the line cannot give any. */
import { importJWK, importPKCS8, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AgentOrder, type PublicKey } from './protocol.ts';

const TYPE = 'reprise-order+jwt';

const Said = z.object({ jti: z.uuid(), exp: z.int(), order: AgentOrder });

/** Signs an order for one agent, which begins it until `expiresAt` or not at all. `signingKey` is PKCS#8 PEM. */
export async function signOrder(
  order: AgentOrder,
  { id, agent, expiresAt, signingKey }: { id: string; agent: string; expiresAt: Date; signingKey: string },
): Promise<string> {
  return new SignJWT({ order })
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE })
    .setAudience(agent)
    .setJti(id)
    .setExpirationTime(Math.floor(expiresAt.getTime() / 1000))
    .sign(await importPKCS8(signingKey, 'EdDSA'));
}

/** Reads an order. Throws where another key signed it, it is for another agent, or its time is over. */
export async function readOrder(
  signed: string,
  { orderKey, agent, now }: { orderKey: PublicKey; agent: string; now: Date },
): Promise<{ id: string; order: AgentOrder }> {
  const { payload } = await jwtVerify(signed, await importJWK(orderKey, 'EdDSA'), {
    typ: TYPE,
    algorithms: ['EdDSA'],
    audience: agent,
    currentDate: now,
  });
  const { jti, order } = Said.parse(payload);
  return { id: jti, order };
}
