/** The line to the service: signed requests, and what the service answers to them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { importJWK } from 'jose';
import type { z } from 'zod';
import { PLACE } from '#/jobs/agents/protocol.ts';
import { nameOfKey, proveRequest } from '#/jobs/agents/request-proof.ts';
import type { AgentIdentity } from './identity.ts';

const LONGEST_MS = 60_000;
const LONGEST_PAUSE_MS = 60_000;

/** The service answered, and does not do what was asked. `status` is that of HTTP. */
export class ServiceRefusal extends Error {
  override name = 'ServiceRefusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What the service says to people is said as they speak on this machine. */
export const IN_WORDS = { 'accept-language': Intl.DateTimeFormat().resolvedOptions().locale };

export type Line = Awaited<ReturnType<typeof openLine>>;

/** Where the clock of this machine is wrong, the service's own hour is used for signing. */
export async function openLine({ service, key, orderKey }: AgentIdentity) {
  const signer = (await importJWK(key, 'EdDSA')) as CryptoKey;
  const names = { keyName: await nameOfKey(key), service: await nameOfKey(orderKey) };
  let behindMs = 0;
  const now = () => new Date(Date.now() + behindMs);

  async function send<Answer>(path: string, body: object, shape: z.ZodType<Answer>, signal: AbortSignal) {
    const bytes = Buffer.from(JSON.stringify(body));
    const place = `${PLACE}${path}`;
    const note = await proveRequest(
      { method: 'POST', path: place, body: bytes },
      { key: signer, ...names, now: now() },
    );
    const response = await fetch(`${service}${place}`, {
      method: 'POST',
      headers: { authorization: `Agent ${note}`, 'content-type': 'application/json', ...IN_WORDS },
      body: bytes,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
    });
    return readAnswer(response, shape);
  }

  return {
    /** The hour, as the service has it. */
    now,

    /** One request. Its clock is set right once when the service says that it is wrong. */
    async ask<Answer>(
      path: string,
      body: object,
      shape: z.ZodType<Answer>,
      signal: AbortSignal,
    ): Promise<Answer> {
      try {
        return await send(path, body, shape, signal);
      } catch (error) {
        if (!(error instanceof WrongClock)) throw error;
        behindMs = error.serviceTime.getTime() - Date.now();
        return send(path, body, shape, signal);
      }
    },
  };
}

/** Reads an answer. What is not one of ours, for example a proxy's page, is an outage and no refusal. */
export async function readAnswer<Answer>(response: Response, shape: z.ZodType<Answer>): Promise<Answer> {
  const text = await response.text();
  if (response.ok) return shape.parse(JSON.parse(text));
  const { key, detail } = problemIn(text);
  if (key === 'agent.clock') throw new WrongClock(new Date(response.headers.get('date') ?? Date.now()));
  if (key === null || response.status >= 500 || response.status === 429)
    throw new Error(`The service answered ${response.status}.`);
  throw new ServiceRefusal(response.status, key, detail);
}

/** Waits longer each time, and never as long as others do: a thousand agents do not all come back in one second. */
export function pauseAfter(failures: number, signal: AbortSignal): Promise<void> {
  const most = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(failures, 10));
  return sleep(most / 2 + (Math.random() * most) / 2, undefined, { signal });
}

class WrongClock extends Error {
  readonly serviceTime: Date;

  constructor(serviceTime: Date) {
    super('The clock of this machine is off.');
    this.serviceTime = serviceTime;
  }
}

function problemIn(text: string): { key: string | null; detail: string } {
  try {
    const { key, detail } = JSON.parse(text) as Record<string, unknown>;
    return { key: typeof key === 'string' ? key : null, detail: String(detail ?? '') };
  } catch {
    return { key: null, detail: '' };
  }
}
