/** What other tools send, read: in the manner of healthchecks, and as signed JSON. */
import { z } from 'zod';
import type { NewClaim } from '#/plans/claims/words.ts';
import { CLAIM_KINDS } from '#/plans/claims/words.ts';
import { Refusal } from '#/plans/errors.ts';

/** A signature is good for so long, either way. */
export const SIGNED_SECONDS = 300;
const KEPT_BYTES = 10_240;
const RUN = /^[\w.:-]{1,100}$/;

interface Kind {
  kind: NewClaim['kind'];
  exitStatus: number | null;
}

/** Of the last part of the address: nothing, `start`, `fail`, `log`, or an exit status. Null for anything else. */
export function kindOfPing(what: string): Kind | null {
  if (what === '') return { kind: 'ok', exitStatus: null };
  if (what === 'start' || what === 'fail' || what === 'log') return { kind: what, exitStatus: null };
  if (!/^\d{1,3}$/.test(what) || Number(what) > 255) return null;
  return { kind: Number(what) === 0 ? 'ok' : 'fail', exitStatus: Number(what) };
}

export function readPing(kind: Kind, { run, body }: { run: unknown; body: Buffer }): NewClaim {
  if (run !== undefined && !(typeof run === 'string' && RUN.test(run)))
    throw new Refusal('invalid', 'claim.run-id');
  const nothing = { job: null, files: null, bytes: null, dataTime: null };
  return { ...kind, ...nothing, run: run ?? null, signature: null, body: textOf(body) };
}

/** The beginning of a body, which is read to its end: a backup whose log is long went no worse for it. */
export async function readHead(body: AsyncIterable<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  try {
    for await (const piece of body)
      if (head.length < KEPT_BYTES) head = Buffer.concat([head, piece.subarray(0, KEPT_BYTES - head.length)]);
  } catch (cause) {
    throw new Refusal('invalid', 'http.aborted', {}, { cause });
  }
  return head;
}

/** Text that a row can hold: no zero bytes. */
const textOf = (body: Buffer): string => body.toString('utf8').replaceAll('\0', '\uFFFD');

export const SignedClaim = z
  .object({
    status: z.enum(CLAIM_KINDS),
    run: z.string().regex(RUN).optional(),
    exitStatus: z.int().min(0).max(255).optional(),
    job: z.string().max(200).optional(),
    files: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    bytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    dataTime: z.iso.datetime({ offset: true }).optional(),
    message: z.string().max(100_000).optional(),
  })
  .meta({ id: 'SignedClaim' });

/** Reads `t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">` and the JSON it is of. Whether it is true is not known yet. */
export function readSigned(header: string | undefined, body: Buffer) {
  const [, seconds, mac] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  if (!seconds || !mac) throw new Refusal('unauthenticated', 'claim.not-signed');
  const text = body.toString('utf8');
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (cause) {
    throw new Refusal('invalid', 'http.malformed-json', {}, { cause });
  }
  SignedClaim.parse(said);
  return { seconds: Number(seconds), mac, body: text };
}
