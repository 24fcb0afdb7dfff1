/** What this service knows of a PDF that somebody shows: whether it is whole, whose it is, and whether there is a newer one. */
import { canonical, sha256 } from '#/plans/canonical.ts';
import { listPublicKeys } from '#/plans/keys.ts';
import { PRINTED_DIGITS } from '#/plans/reports/head.ts';
import { findIssued, type Issued } from '#/plans/reports/issued.ts';
import type { Services } from '../http/services.ts';
import { type ReasonCode, verifyReport } from './verify.ts';

export interface CheckedReport {
  /**
   * `issued`: as it was sealed, and on record here. `sealed`: as a key of a provider here sealed it, but not on record, so
   * nobody knows how it came about.
   */
  verdict: 'issued' | 'sealed' | 'altered' | 'not-ours';
  code: ReasonCode;
  /** The provider whose key sealed it. */
  signer: string | null;
  /** Of the whole file, in hexadecimal. */
  sha256: string;
  /** What the document says of itself; only where nobody altered it. */
  says: { reference: string; kind: string; madeAt: string } | null;
  /** Beginning of the fingerprint of its data, as it is printed. */
  fingerprint: string | null;
  record: Issued | null;
}

export async function checkReport(
  { database }: Pick<Services, 'database'>,
  pdf: Buffer,
): Promise<CheckedReport> {
  const roots: string[] = [];
  for (const provider of await database.providerIds())
    roots.push(
      ...(await database.inProvider(provider, [], (db) => listPublicKeys({ db }, 'report-sealing'))),
    );
  const { verdict, code, signer, sha256: hash, evidence } = verifyReport(pdf, { roots });
  if (verdict !== 'intact')
    return { verdict, code, signer, sha256: hash, says: null, fingerprint: null, record: null };
  // What is intact was written by us, so it is a snapshot.
  const snapshot = evidence as { provider: { id: string }; reference: string; kind: string; madeAt: string };
  const { reference, kind, madeAt } = snapshot;
  const record = await database.inProvider(snapshot.provider.id, 'all', (db) => findIssued({ db }, hash));
  return {
    verdict: record ? 'issued' : 'sealed',
    ...{ code, signer, sha256: hash, record },
    says: { reference, kind, madeAt },
    fingerprint: sha256(canonical(snapshot)).slice(0, PRINTED_DIGITS),
  };
}
