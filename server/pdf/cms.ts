/**
 * The signature of a report: CMS with what CAdES asks for, over ECDSA P-256 and SHA-256. One certificate, one signer,
 * one way to write it, so that a verifier can write it again and compare every byte.
 */
import { createHash, createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pkijs from 'pkijs';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const SHA_256 = '2.16.840.1.101.3.4.2.1';
const ECDSA_WITH_SHA_256 = '1.2.840.10045.4.3.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

const DIRECTORY_NAME = 4; // among the kinds of general names

// Of P-256. ECDSA takes a value and its distance from this alike; only the smaller one is ours.
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Signs the SHA-256 of a content. Roots stay out: nothing in a signature would protect their bytes. */
export function signDigest(digest: Buffer, certificate: X509Certificate, privateKey: string): Buffer {
  const key = createPrivateKey(privateKey);
  return writeSignature(
    certificate,
    digest,
    withSmallerValue(sign('sha256', attributesOf(certificate, digest), key)),
  );
}

/** Whether the signature value is this certificate's for this digest. Anybody can compute its other value, so that is refused. */
export function isSignatureOf(signature: Buffer, certificate: X509Certificate, digest: Buffer): boolean {
  return (
    verify('sha256', attributesOf(certificate, digest), certificate.publicKey, signature) &&
    withSmallerValue(signature).equals(signature)
  );
}

/** The one of two signatures that is ours. */
function withSmallerValue(signature: Buffer): Buffer {
  const [first, second] = (asn1.fromBER(Uint8Array.from(signature)).result as asn1.Sequence).valueBlock
    .value as asn1.Integer[];
  const value = second!.toBigInt();
  const smaller = asn1.Integer.fromBigInt(value > ORDER / 2n ? ORDER - value : value);
  return Buffer.from(sequence(first!, smaller).toBER());
}

/** The one way in which a signature is written. */
export function writeSignature(certificate: X509Certificate, digest: Buffer, signature: Buffer): Buffer {
  const { issuer, serialNumber } = parse(certificate);
  const signer = sequence(
    new asn1.Integer({ value: 1 }),
    sequence(issuer.toSchema(), serialNumber),
    sequence(oid(SHA_256)),
    tagged(0, attributesFor(certificate, digest)),
    sequence(oid(ECDSA_WITH_SHA_256)),
    octets(signature),
  );
  const signedData = sequence(
    new asn1.Integer({ value: 1 }),
    set(sequence(oid(SHA_256))),
    sequence(oid(DATA)),
    tagged(0, [asn1.fromBER(Uint8Array.from(certificate.raw)).result]),
    set(signer),
  );
  return Buffer.from(sequence(oid(SIGNED_DATA), tagged(0, [signedData])).toBER());
}

/** Whose signature this is and its value, in whatever way CMS was written. Null when it cannot be read. */
export function readSignature(bytes: Buffer): { certificate: X509Certificate; signature: Buffer } | null {
  try {
    const { content } = pkijs.ContentInfo.fromBER(Uint8Array.from(bytes));
    const { signerInfos, certificates = [] } = new pkijs.SignedData({ schema: content });
    const signer = signerInfos[0];
    if (!signer || !(signer.sid instanceof pkijs.IssuerAndSerialNumber)) return null;
    const { issuer, serialNumber } = signer.sid;
    const found = certificates
      .filter((certificate) => certificate instanceof pkijs.Certificate)
      .find((one) => one.issuer.isEqual(issuer) && one.serialNumber.isEqual(serialNumber));
    if (!found) return null;
    return {
      certificate: new X509Certificate(Buffer.from(found.toSchema().toBER())),
      signature: Buffer.from(signer.signature.valueBlock.valueHexView),
    };
  } catch {
    return null; // strangers' bytes: whatever is wrong with them, they are not a signature
  }
}

/** What is signed: the attributes as a set of their own. */
const attributesOf = (certificate: X509Certificate, digest: Buffer) =>
  Buffer.from(set(...attributesFor(certificate, digest)).toBER());

/** From the shortest to the longest, which is the order that DER wants here. */
const attributesFor = (certificate: X509Certificate, digest: Buffer) => [
  attribute(CONTENT_TYPE, oid(DATA)),
  attribute(MESSAGE_DIGEST, octets(digest)),
  attribute(SIGNING_CERTIFICATE_V2, signingCertificate(certificate)),
];

/** Binds the signature to one certificate, so that another with the same key does not fit. */
function signingCertificate(certificate: X509Certificate) {
  const { issuer, serialNumber } = parse(certificate);
  const issuerName = tagged(DIRECTORY_NAME, [issuer.toSchema()]);
  const hash = createHash('sha256').update(certificate.raw).digest();
  return sequence(sequence(sequence(octets(hash), sequence(sequence(issuerName), serialNumber))));
}

const parse = (certificate: X509Certificate) => pkijs.Certificate.fromBER(Uint8Array.from(certificate.raw));

const sequence = (...value: asn1.BaseBlock[]) => new asn1.Sequence({ value });
const set = (...value: asn1.BaseBlock[]) => new asn1.Set({ value });
const oid = (value: string) => new asn1.ObjectIdentifier({ value });
const octets = (bytes: Buffer) => new asn1.OctetString({ valueHex: Uint8Array.from(bytes) });
const attribute = (type: string, value: asn1.BaseBlock) => sequence(oid(type), set(value));
const tagged = (tagNumber: number, value: asn1.BaseBlock[]) =>
  new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber }, value });
