/** Says whether a report is as it was sealed. Strict: what we would not have written ourselves is refused. */
import { createHash, X509Certificate } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { isSignatureOf, readSignature, writeSignature } from './cms.ts';
import { digestAround } from './seal.ts';

export interface Verification {
  verdict: 'intact' | 'altered' | 'not-ours';
  /** Stands for the reason, in whatever language. */
  code: ReasonCode;
  /** One sentence for people. */
  reason: string;
  /** The organisation in the certificate that sealed it. */
  signer: string | null;
  /** Of the whole file, in hexadecimal. */
  sha256: string;
  /** The evidence attached, once the report is known to be intact. */
  evidence: unknown;
}

const REASONS = {
  intact: 'It is as it was sealed.',
  'no-signature': 'It carries no signature.',
  'too-many-signatures': 'It carries too many signatures.',
  unreadable: 'Its signature cannot be read.',
  'forged-certificate': 'The certificate of its signature is forged.',
  'somebody-else': 'It was signed by somebody else.',
  'several-signatures': 'It carries more than one signature.',
  'not-whole': 'Its signature does not cover the whole file.',
  changed: 'Its content is not what was signed.',
  'other-writing': 'Its signature is not written as we write it.',
  'out-of-time': 'Its certificate was not valid on its date.',
  'other-file': 'It is not the file that was issued: its SHA-256 is another.',
} as const;
export type ReasonCode = keyof typeof REASONS;

type Finding = Omit<Verification, 'sha256' | 'reason'>;

// A file may say that it has any number of signatures, and each takes time to read.
const MOST_RANGES = 16;
const LONGEST_RANGE = 80;

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
  if (issuedSha256 === null || issuedSha256 === sha256) return told(finding, sha256);
  return told({ ...altered('other-file'), signer: finding.signer }, sha256);
}

const told = (finding: Finding, sha256: string): Verification => ({
  ...finding,
  reason: REASONS[finding.code],
  sha256,
});

/** The roots among the certificates of a PEM text. Throws where one is broken. */
export const rootsIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [])
    .map((one) => new X509Certificate(one))
    .filter((certificate) => certificate.ca);

/** First whose signature it is, then whether everything is as it was signed. */
function examine(pdf: Buffer, roots: X509Certificate[]): Finding {
  const ranges = rangesOf(pdf);
  if (ranges.length === 0) return notOurs('no-signature');
  if (ranges.length > MOST_RANGES) return altered('too-many-signatures');
  const signatures = ranges.map((gap) => readSignature(containerAt(pdf, gap))).filter((one) => one !== null);
  if (signatures.length === 0) return altered('unreadable');
  const issued = signatures.flatMap((one) =>
    roots.filter((root) => one.certificate.checkIssued(root)).map((root) => ({ ...one, root })),
  );
  const ours = issued.find(({ certificate, root }) => certificate.verify(root.publicKey));
  if (!ours) return issued.length > 0 ? altered('forged-certificate') : notOurs('somebody-else');
  const signer = organisationOf(ours.certificate);
  if (signatures.length > 1) return altered('several-signatures', signer);
  return examineOurs(pdf, { ...ours, signer });
}

function examineOurs(
  pdf: Buffer,
  {
    certificate,
    root,
    signature,
    signer,
  }: Record<'certificate' | 'root', X509Certificate> & {
    signature: Buffer;
    signer: string;
  },
): Finding {
  const gap = sealedGap(pdf);
  if (!gap) return altered('not-whole', signer);
  const digest = digestAround(pdf, gap.from, gap.to);
  if (!isSignatureOf(signature, certificate, digest)) return altered('changed', signer);
  if (!isCanonical(pdf, gap, writeSignature(certificate, digest, signature)))
    return altered('other-writing', signer);
  const at = dateOf(pdf, gap);
  if (![certificate, root].every((one) => one.validFromDate <= at && at <= one.validToDate))
    return notOurs('out-of-time', signer);
  return { verdict: 'intact', code: 'intact', signer, evidence: evidenceOf(pdf) };
}

/** Where signatures stand, as the file says itself: also a text that only looks like it. */
function rangesOf(pdf: Buffer): Gap[] {
  const marks = pdf.toString('latin1').matchAll(/\/ByteRange\s*\[(?:\s*\d+\s+(\d+)\s+(\d+)\s+\d+\s*\])?/g);
  return [...marks].map(([, from = 0, to = 0]) => ({ from: Number(from), to: Number(to) }));
}

const containerAt = (pdf: Buffer, { from, to }: Gap) =>
  Buffer.from(pdf.subarray(from + 1, to - 1).toString('latin1'), 'hex');

/** The gap of our signature, if it is written as we write it and leaves nothing else uncovered. */
function sealedGap(pdf: Buffer): Gap | null {
  const at = pdf.lastIndexOf('/ByteRange[');
  const text = pdf.subarray(at, at + LONGEST_RANGE).toString('latin1');
  const match = /^\/ByteRange\[0 (\d+) (\d+) (\d+) *\]\/Contents(?=<)/.exec(text);
  if (at < 0 || !match) return null;
  const [from = 0, to = 0, rest = 0] = match.slice(1).map(Number);
  const isWhole = at + match[0].length === from && from < to && to + rest === pdf.length;
  return isWhole ? { from, to } : null;
}

/** Every byte of the gap: brackets, lower-case hexadecimal, zeros to the end. */
function isCanonical(pdf: Buffer, { from, to }: Gap, signature: Buffer): boolean {
  const expected = `<${signature.toString('hex').padEnd(to - from - 2, '0')}>`;
  return pdf.subarray(from, to).toString('latin1') === expected;
}

/** What the signature says beside itself. A report outlives its certificate: that has to be valid on this date. */
function dateOf(pdf: Buffer, { from }: Gap): Date {
  const dictionary = pdf.subarray(pdf.lastIndexOf(' 0 obj\n', from, 'latin1'), from).toString('latin1');
  const [, year, month, day, ...time] =
    /\/M\(D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\+00'00'\)/.exec(dictionary) ?? [];
  return new Date(`${year}-${month}-${day}T${time.join(':')}Z`);
}

/** What follows is ours already, so it is as `seal.ts` writes it. */
function evidenceOf(pdf: Buffer): unknown {
  const at = pdf.lastIndexOf('/Type/EmbeddedFile/');
  const from = pdf.indexOf('\nstream\n', at, 'latin1') + '\nstream\n'.length;
  const length = /\/Length (\d+)>>\n/.exec(pdf.subarray(at, from).toString('latin1'))?.[1];
  return JSON.parse(inflateSync(pdf.subarray(from, from + Number(length))).toString());
}

function organisationOf(certificate: X509Certificate): string {
  const { O, CN } = certificate.toLegacyObject().subject;
  return String(O ?? CN ?? '');
}

const notOurs = (code: ReasonCode, signer: string | null = null): Finding => ({
  verdict: 'not-ours',
  code,
  signer,
  evidence: null,
});

const altered = (code: ReasonCode, signer: string | null = null): Finding => ({
  verdict: 'altered',
  code,
  signer,
  evidence: null,
});
