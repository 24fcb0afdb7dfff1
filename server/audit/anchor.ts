/** An anchor: what is signed of the trail and kept elsewhere. One object with the text that was signed, and its signature. */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { judgeSignature, signerOf, signHead } from '#/jobs/recovery-points/signing.ts';
import { canonical } from '#/plans/canonical.ts';

const HASH = /^[0-9a-f]{64}$/;

export const Anchor = z.object({
  format: z.literal('reprise-audit-anchor'),
  version: z.literal(1),
  provider: z.uuid(),
  /** Numbers of the first and last event it holds. */
  first: z.int().positive(),
  last: z.int().positive(),
  /** Of the last event: the head of the chain at that time. */
  hash: z.string().regex(HASH),
  /** SHA-256 of the content of each event, in order. */
  contents: z.array(z.string().regex(HASH)).min(1),
  signer: z.string(),
  at: z.iso.datetime(),
});
export type Anchor = z.infer<typeof Anchor>;

const Sealed = z.object({ anchor: z.string(), signature: z.base64() });

export type AnchorFault = 'unreadable' | 'not-signed' | 'not-trusted';

export const folderOf = (provider: string) => `audit/${provider}/`;

/** Named by its first event, so that two that begin alike cannot both be there. */
export const keyOf = (provider: string, first: number) =>
  `${folderOf(provider)}${String(first).padStart(12, '0')}.json`;

export function sealAnchor(told: Omit<Anchor, 'format' | 'version' | 'signer'>, key: KeyObject): Buffer {
  const anchor = canonical({ format: 'reprise-audit-anchor', version: 1, signer: signerOf(key), ...told });
  const signature = signHead(Buffer.from(anchor), key).toString('base64');
  return Buffer.from(JSON.stringify({ anchor, signature }));
}

/** Reads one back. `trust` holds public keys as `parseTrustedKey` answers them. */
export function openAnchor(body: Buffer, trust: string[]): Anchor | AnchorFault {
  try {
    const { anchor: text, signature } = Sealed.parse(JSON.parse(body.toString('utf8')));
    const anchor = Anchor.parse(JSON.parse(text));
    if (anchor.last - anchor.first + 1 !== anchor.contents.length) return 'unreadable';
    const judged = judgeSignature(Buffer.from(text), Buffer.from(signature, 'base64'), anchor.signer, trust);
    if (judged === 'broken') return 'not-signed';
    return judged === 'untrusted' ? 'not-trusted' : anchor;
  } catch {
    return 'unreadable';
  }
}
