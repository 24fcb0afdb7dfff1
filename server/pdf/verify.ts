/** Says whether a report is as it was sealed. Strict: what we would not have written ourselves is refused. */
import { createHash, X509Certificate } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { isSignatureOf, readSignature, writeSignature } from './cms.ts';
import { digestAround } from './seal.ts';

export interface Verification {
  verdict: 'intact' | 'altered' | 'not-ours';
  /** One sentence for people. */
  reason: string;
  /** The organisation in the certificate that sealed it. */
  signer: string | null;
  /** Of the whole file, in hexadecimal. */
  sha256: string;
  /** The evidence attached, once the report is known to be intact. */
  evidence: unknown;
}

type Finding = Omit<Verification, 'sha256'>;

/** A place in the file where a signature stands. */
interface Gap {
  from: number;
  to: number;
}

/**
 * Checks a file against the roots that we trust. Where the hash of the file that was issued is known, give it: then
 * another valid signature by the same key does not pass either.
 */
export function verifyReport(
  pdf: Buffer,
  { roots, issuedSha256 = null }: { roots: string[]; issuedSha256?: string | null },
): Verification {
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  const finding = examine(pdf, roots.flatMap(rootsIn));
  if (issuedSha256 === null || issuedSha256 === sha256) return { ...finding, sha256 };
  const reason = 'It is not the file that was issued: its SHA-256 is another.';
  return { ...finding, verdict: 'altered', reason, evidence: null, sha256 };
}

/** The roots among the certificates of a PEM text. Throws where one is broken. */
export const rootsIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [])
    .map((one) => new X509Certificate(one))
    .filter((certificate) => certificate.ca);

/** First whose signature it is, then whether everything is as it was signed. */
function examine(pdf: Buffer, roots: X509Certificate[]): Finding {
  const ranges = rangesOf(pdf);
  if (ranges.length === 0) return notOurs('It carries no signature.');
  const found = readSignature(containerAt(pdf, ranges[0]!));
  if (!found) return altered('Its signature cannot be read.');

  const { certificate, signature } = found;
  const root = roots.find((candidate) => certificate.checkIssued(candidate));
  if (!root) return notOurs('It was signed by somebody else.');
  if (certificate.ca || !certificate.verify(root.publicKey))
    return altered('The certificate of its signature is forged.');

  const signer = organisationOf(certificate);
  if (ranges.length > 1) return altered('It carries more than one signature.', signer);
  const gap = sealedGap(pdf);
  if (!gap) return altered('Its signature does not cover the whole file.', signer);
  const digest = digestAround(pdf, gap.from, gap.to);
  if (!isSignatureOf(signature, certificate, digest))
    return altered('Its content is not what was signed.', signer);
  if (!isCanonical(pdf, gap, writeSignature(certificate, digest, signature)))
    return altered('Its signature is not written as we write it.', signer);
  if (!wasValid(certificate, root, pdf)) return notOurs('Its certificate was not valid on its date.', signer);
  return { verdict: 'intact', reason: 'It is as it was sealed.', signer, evidence: evidenceOf(pdf) };
}

/** Where the signatures of any program stand, as they say themselves. */
function rangesOf(pdf: Buffer): Gap[] {
  const text = pdf.toString('latin1');
  const ranges = text.matchAll(/\/ByteRange\s*\[\s*\d+\s+(\d+)\s+(\d+)\s+\d+\s*\]/g);
  const marks = text.split(/\/ByteRange\s*\[/).length - 1;
  const gaps = [...ranges].map(([, from, to]) => ({ from: Number(from), to: Number(to) }));
  // A mark whose numbers are broken is the rest of a signature.
  return gaps.length === marks ? gaps : [...gaps, { from: 0, to: 0 }];
}

const containerAt = (pdf: Buffer, { from, to }: Gap) =>
  Buffer.from(pdf.subarray(from + 1, to - 1).toString('latin1'), 'hex');

/** The gap of our one signature, if it is written as we write it and leaves nothing else uncovered. */
function sealedGap(pdf: Buffer): Gap | null {
  const text = pdf.toString('latin1');
  const match = /\/ByteRange\[0 (\d+) (\d+) (\d+) *\]\/Contents(?=<)/.exec(text);
  if (!match) return null;
  const [from = 0, to = 0, rest = 0] = match.slice(1).map(Number);
  const isWhole = match.index + match[0].length === from && from < to && to + rest === pdf.length;
  return isWhole ? { from, to } : null;
}

/** Every byte of the gap: brackets, lower-case hexadecimal, zeros to the end. */
function isCanonical(pdf: Buffer, { from, to }: Gap, signature: Buffer): boolean {
  const expected = `<${signature.toString('hex').padEnd(to - from - 2, '0')}>`;
  return pdf.subarray(from, to).toString('latin1') === expected;
}

/** On the date that stands beside the signature, so that a report outlives the certificate that sealed it. */
function wasValid(certificate: X509Certificate, root: X509Certificate, pdf: Buffer): boolean {
  const date = /\/Type\/Sig\/[^<>]*\/M\(D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\+00'00'\)/.exec(
    pdf.toString('latin1'),
  );
  if (!date) return false;
  const [year, month, ...rest] = date.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const at = new Date(Date.UTC(year, month - 1, ...rest));
  return [certificate, root].every((one) => one.validFromDate <= at && at <= one.validToDate);
}

function evidenceOf(pdf: Buffer): unknown {
  const head = /\/Type\/EmbeddedFile\/[^\n]*\/Length (\d+)>>\nstream\n/.exec(pdf.toString('latin1'));
  if (!head) return null;
  const from = head.index + head[0].length;
  return JSON.parse(inflateSync(pdf.subarray(from, from + Number(head[1]))).toString());
}

function organisationOf(certificate: X509Certificate): string {
  const { O, CN } = certificate.toLegacyObject().subject;
  return String(O ?? CN ?? '');
}

const notOurs = (reason: string, signer: string | null = null): Finding => ({
  verdict: 'not-ours',
  reason,
  signer,
  evidence: null,
});

const altered = (reason: string, signer: string | null = null): Finding => ({
  verdict: 'altered',
  reason,
  signer,
  evidence: null,
});
