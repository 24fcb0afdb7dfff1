import { X509Certificate } from 'node:crypto';
import * as asn1 from 'asn1js';
import { expect } from 'chai';
import { isSignatureOf, readSignature, signDigest, writeSignature } from '#/server/pdf/cms.ts';
import { renderPdf } from '#/server/pdf/render.ts';
import { digestAround } from '#/server/pdf/seal.ts';
import { createSealIdentity } from '#/server/pdf/seal-identity.ts';
import { verifyReport } from '#/server/pdf/verify.ts';
import {
  DATE,
  drawnReport,
  EVIDENCE,
  PRINT,
  PROVIDER,
  providerIdentity,
  runProgram,
  sealedReport,
  withFile,
} from './support.ts';

const SPREAD = 400;
const ALTERATIONS = 1000;
const SEED = Number(process.env.SEED ?? Date.now() % 100_000);

describe('verifying a report', () => {
  let sealed: Buffer;
  let roots: string[];

  before(async () => {
    sealed = await sealedReport();
    roots = [(await providerIdentity()).certificates];
  });

  const verdictOf = (pdf: Buffer) => verifyReport(pdf, { roots }).verdict;

  it('finds an untouched one intact, and tells who sealed it and on what evidence', async () => {
    const found = verifyReport(sealed, {
      roots: [(await createSealIdentity(PROVIDER)).certificates, ...roots],
    });
    expect(found).to.include({ verdict: 'intact', signer: PROVIDER.name });
    expect(found.evidence).to.deep.equal(EVIDENCE);
    expect(verifyReport(sealed, { roots, issuedSha256: found.sha256 }).verdict).to.equal('intact');
  });

  it('is not led astray by a text that looks like a signature', async () => {
    const text = '/ByteRange [0 1 2 3] /ByteRange[0 1 2 3]/Contents< /Type/Sig/ /Type/EmbeddedFile/';
    const html = `<svg role="img" viewBox="0 0 1 1" width="9"><title>${text}</title><path d="M0 0h1v1z"/></svg>`;
    const { pdf } = await renderPdf(html, { print: PRINT, date: DATE });
    expect(pdf.includes('/ByteRange [0 1 2 3]')).to.equal(true);
    const found = verifyReport(await sealedReport(undefined, pdf), { roots });
    expect(found.verdict, found.reason).to.equal('intact');
    expect(found.evidence).to.deep.equal(EVIDENCE);
  });

  it('notices a changed bit anywhere in the file', () => {
    const unnoticed = positionsIn(sealed).filter((at) => verdictOf(flipped(sealed, at)) === 'intact');
    expect(unnoticed).to.deep.equal([]);
  });

  it(`notices each of ${ALTERATIONS} random changes: bytes that are others, more or fewer, or in another place`, () => {
    const random = drawnBy(SEED);
    const unnoticed: string[] = [];
    for (let count = 0; count < ALTERATIONS; count++) {
      const at = Math.floor(random() * (sealed.length - 64));
      const length = 1 + Math.floor(random() * 8);
      const bytes = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
      const from = Math.floor(random() * (sealed.length - 64));
      const others = [
        Buffer.concat([sealed.subarray(0, at), bytes, sealed.subarray(at + length)]),
        Buffer.concat([sealed.subarray(0, at), bytes, sealed.subarray(at)]),
        Buffer.concat([sealed.subarray(0, at), sealed.subarray(at + length)]),
        Buffer.concat([
          sealed.subarray(0, at),
          sealed.subarray(from, from + length),
          sealed.subarray(at + length),
        ]),
      ];
      const other = others[count % others.length]!;
      if (!other.equals(sealed) && verdictOf(other) === 'intact') unnoticed.push(`${count} at ${at}`);
    }
    expect(unnoticed, `SEED=${SEED}`).to.deep.equal([]);
  });

  it('calls a changed page altered, and so does pdfsig', async () => {
    const { from } = containerOf(sealed);
    for (let at = 100; at < from; at += Math.ceil(from / 16)) {
      const changed = flipped(sealed, at);
      expect(verdictOf(changed), `byte ${at}`).to.equal('altered');
      await withFile(changed, async (file) => {
        expect((await runProgram('pdfsig', file)).output, `byte ${at}`).to.not.include('Signature is Valid');
      });
    }
  });

  it('notices bytes appended, inserted, removed or doubled', () => {
    const { from, to } = containerOf(sealed);
    const others = {
      appended: Buffer.concat([sealed, Buffer.from('\n')]),
      'with another update': Buffer.concat([sealed, sealed.subarray((sealed.length * 3) >> 2)]),
      inserted: Buffer.concat([sealed.subarray(0, 1000), Buffer.from(' '), sealed.subarray(1000)]),
      'cut short': sealed.subarray(0, -1),
      'in front of itself': Buffer.concat([sealed, sealed]),
      'with a wider gap': Buffer.concat([
        sealed.subarray(0, to - 1),
        Buffer.from('00'),
        sealed.subarray(to - 1),
      ]),
      'with a second signature': Buffer.concat([sealed, sealed.subarray(sealed.lastIndexOf('/ByteRange'))]),
      'with an empty signature': Buffer.concat([
        sealed.subarray(0, from + 1),
        Buffer.alloc(to - from - 2, '0'),
        sealed.subarray(to - 1),
      ]),
    };
    for (const [name, other] of Object.entries(others)) expect(verdictOf(other), name).to.equal('altered');
  });

  it('notices a signature written in another way', () => {
    const { from, to } = containerOf(sealed);
    const upper = sealed.subarray(from, to).toString('latin1').toUpperCase();
    const other = Buffer.concat([sealed.subarray(0, from), Buffer.from(upper), sealed.subarray(to)]);
    expect(verifyReport(other, { roots })).to.include({
      verdict: 'altered',
      reason: 'Its signature is not written as we write it.',
    });
  });

  it('refuses the other of the two values that ECDSA accepts', () => {
    const { from, to } = containerOf(sealed);
    const digits = sealed.subarray(from + 1, to - 1).toString('latin1');
    const { certificate, signature } = readSignature(Buffer.from(digits, 'hex'))!;
    const digest = digestAround(sealed, from, to);
    const written = writeSignature(certificate, digest, otherValueOf(signature)).toString('hex');
    const other = Buffer.from(sealed);
    other.write(written.padEnd(digits.length, '0'), from + 1, 'latin1');

    expect(verifyReport(other, { roots }).verdict).to.equal('altered');
    expect(isSignatureOf(signature, certificate, digest)).to.equal(true);
  });

  it('calls what is not signed, or signed by another, not ours', async () => {
    expect(verdictOf(await drawnReport())).to.equal('not-ours');
    expect(verdictOf(Buffer.from('This is no PDF.'))).to.equal('not-ours');
    expect(verdictOf(Buffer.alloc(0))).to.equal('not-ours');
    const elsewhere = await createSealIdentity({ ...PROVIDER, name: 'Somebody else' });
    expect(verdictOf(await sealedReport(elsewhere))).to.equal('not-ours');
    expect(verifyReport(sealed, { roots: [] }).verdict).to.equal('not-ours');
  });

  it('believes no namesake: same names, other key', async () => {
    const namesake = await createSealIdentity(PROVIDER);
    const found = verifyReport(await sealedReport(namesake), { roots });
    expect(found).to.include({ verdict: 'not-ours', signer: null });
  });

  it('does not take a seal of a day on which its certificate was not valid', async () => {
    const { privateKey, certificates } = await providerIdentity();
    const { from, to } = containerOf(sealed);
    const later = Buffer.from(sealed);
    later.write('(D:2030', later.lastIndexOf('/M(D:2026') + 2);
    const signature = signDigest(
      digestAround(later, from, to),
      new X509Certificate(certificates),
      privateKey,
    );
    later.write(signature.toString('hex').padEnd(to - from - 2, '0'), from + 1);
    expect(verifyReport(later, { roots })).to.include({
      verdict: 'not-ours',
      reason: 'Its certificate was not valid on its date.',
    });
  });

  it('refuses another valid file where the hash of the one issued is known', async () => {
    const again = await sealedReport();
    const { sha256 } = verifyReport(sealed, { roots });
    expect(verdictOf(again)).to.equal('intact');
    expect(verifyReport(again, { roots, issuedSha256: sha256 })).to.include({
      verdict: 'altered',
      evidence: null,
    });
    expect(verifyReport(await drawnReport(), { roots, issuedSha256: sha256 }).verdict).to.equal('altered');
  });
});

/** Spread over the file, and denser where the seal stands. */
function positionsIn(pdf: Buffer): number[] {
  const { from, to } = containerOf(pdf);
  const used = pdf.indexOf('00000000000000000000', from);
  return [
    ...spread(0, pdf.length, SPREAD),
    ...spread(from - 400, from + 1, SPREAD),
    ...spread(from, used, SPREAD),
    ...spread(to - 40, to + 40, 80),
    ...spread(pdf.length - 200, pdf.length, 200),
  ];
}

const spread = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + Math.floor((index * (to - from)) / count));

function flipped(pdf: Buffer, at: number): Buffer {
  const copy = Buffer.from(pdf);
  copy[at]! ^= 1 << (at % 8);
  return copy;
}

function containerOf(pdf: Buffer): { from: number; to: number } {
  const [, from, to] = /ByteRange\[0 (\d+) (\d+) /.exec(pdf.toString('latin1'))!.map(Number);
  return { from: from!, to: to! };
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A signature that is as valid as the one given, and that anybody can compute from it. */
function otherValueOf(signature: Buffer): Buffer {
  const [first, second] = (asn1.fromBER(Uint8Array.from(signature)).result as asn1.Sequence).valueBlock.value;
  const other = asn1.Integer.fromBigInt(ORDER - (second as asn1.Integer).toBigInt());
  return Buffer.from(new asn1.Sequence({ value: [first!, other] }).toBER());
}

/** The same numbers for the same seed. */
function drawnBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
