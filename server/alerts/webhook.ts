/** Posts to an address that somebody typed in: only to the public internet, and nowhere that its answer points to. */
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from '#/jobs/stores/public-address.ts';
import type { Sent } from '#/plans/alerts/messages.ts';
import type { Finding } from '#/plans/findings.ts';

const PATIENCE_MS = 10_000;
const MOST_ANSWERED = 500;

export interface Post {
  address: URL;
  body: string;
  headers: Record<string, string>;
}

export interface Allowed {
  /** Networks of one's own, this machine, and http. */
  isPrivateAllowed: boolean;
  /** For tests of what names resolve to. */
  resolve?: (host: string) => Promise<{ address: string; family: number }[]>;
}

/** Sends it. Never throws: not being taken is an answer. */
export async function post(what: Post, allowed: Allowed): Promise<Sent> {
  try {
    const place = await placeOf(what.address, allowed);
    if ('code' in place) return refused(place, { isFinal: true });
    const { status, text } = await exchange(what, place);
    if (status >= 200 && status < 300) return { isAccepted: true, answer: `${status} ${text}`.trim() };
    const code = status >= 300 && status < 400 ? 'alert.receiver-redirects' : 'alert.receiver-refused';
    return refused(
      { code, params: { status }, message: `The receiver answered ${status}.` },
      { isFinal: isForGood(status), answer: `${status} ${text}`.trim() },
    );
  } catch (error) {
    const cause = (error as { code?: string }).code ?? 'UNKNOWN';
    return refused({
      code: 'alert.receiver-unreachable',
      params: { host: what.address.host, cause },
      message: `${what.address.host} cannot be reached: ${cause}.`,
    });
  }
}

/** Too early, too often and a fault of the receiver pass; the rest will be answered likewise each time. */
const isForGood = (status: number) => status < 500 && ![408, 409, 425, 429].includes(status);

/** The address that is connected to is the one that was looked at. A name with any address inside is refused whole. */
async function placeOf(
  { protocol, hostname }: URL,
  { isPrivateAllowed, resolve = resolveAll }: Allowed,
): Promise<{ address: string; family: number } | Finding> {
  if (protocol !== 'https:' && !isPrivateAllowed)
    return {
      code: 'alert.receiver-not-https',
      params: {},
      message: 'The address does not begin with https.',
    };
  const host = hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host);
  const [first] = found;
  if (!first) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  if (!isPrivateAllowed && !found.every(({ address }) => isPublicAddress(address)))
    return {
      code: 'alert.receiver-private',
      params: { host },
      message: `${host} leads into a private network.`,
    };
  return first;
}

const resolveAll = (host: string) => lookup(host, { all: true });

function exchange(
  { address, body, headers }: Post,
  place: { address: string; family: number },
): Promise<{ status: number; text: string }> {
  const request = address.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((done, fail) => {
    const sent = request(
      address,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        agent: false,
        signal: AbortSignal.timeout(PATIENCE_MS),
        // The certificate is still that of the name.
        lookup: (_host, { all }, tell) =>
          all ? tell(null, [place]) : tell(null, place.address, place.family),
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          text += part;
          if (text.length >= MOST_ANSWERED) answer.destroy();
        });
        answer.on('error', fail);
        answer.on('close', () =>
          done({ status: answer.statusCode ?? 0, text: text.slice(0, MOST_ANSWERED) }),
        );
      },
    );
    sent.on('error', fail);
    sent.end(body);
  });
}

const refused = (
  finding: Finding,
  { isFinal = false, answer = null }: { isFinal?: boolean; answer?: string | null } = {},
): Sent => ({ isAccepted: false, finding, answer, isFinal });
