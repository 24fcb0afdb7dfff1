/** `fetch` for addresses that somebody typed in: where it connects to is looked at each time, and no redirect is followed. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { CustomFetch } from 'openid-client';
import type { Reach } from '#/jobs/stores/reach.ts';

const PATIENCE_MS = 10_000;
const MOST_BYTES = 1_000_000;

export const guardedFetch =
  (reach: Reach): CustomFetch =>
  async (address, { method, headers, body }) => {
    const url = new URL(address);
    await reach.check(url.hostname);
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await new Promise<IncomingMessage>((done, fail) => {
      const sent = open(url, { method, headers, agent: false, lookup: reach.lookup, signal }, done);
      sent.on('error', fail);
      sent.end(body == null ? undefined : String(body));
    });
    const status = answer.statusCode ?? 502;
    return new Response([204, 205, 304].includes(status) ? null : await bytesOf(answer, url.host), {
      status,
      headers: Object.entries(answer.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((one): [string, string] => [name, one]),
      ),
    });
  };

async function bytesOf(answer: IncomingMessage, host: string): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`${host} answered with more than ${MOST_BYTES} bytes.`);
  }
  return Buffer.concat(parts);
}
