import type { Tools } from './job.ts';

/** One age identity file of all verifier keys a client ever had, so that points of before a rotation open as well. */
export function identityOf(sealed: Buffer[], provider: string, { open }: Pick<Tools, 'open'>) {
  return sealed.length === 0
    ? {}
    : { identity: sealed.map((one) => open(provider, 'verifier', one)).join('\n') };
}
