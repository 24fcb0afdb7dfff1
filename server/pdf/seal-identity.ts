/** Who seals reports: a root of the provider's own and the certificate under it whose key signs. */
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pkijs from 'pkijs';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const ROOT_YEARS = 20;
const LEAF_YEARS = 3;

// X.520 gives a name 64 characters.
const LONGEST_NAME = 64;

const COMMON_NAME = '2.5.4.3';
const ORGANISATION = '2.5.4.10';
const COUNTRY = '2.5.4.6';

const CERTIFICATE_SIGN = 0x04;
const DIGITAL_SIGNATURE_AND_NON_REPUDIATION = 0xc0;
const DOCUMENT_SIGNING = '1.3.6.1.5.5.7.3.36';
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4'; // what older readers ask for instead

export interface SealIdentity {
  /** PKCS #8 in PEM. */
  privateKey: string;
  /** The certificate that seals in PEM, then its root. */
  certificates: string;
}

interface Given {
  name: string;
  country: string;
  now: Date;
}

/**
 * Makes a root and a certificate under it. The root's key is thrown away at once: nobody can ever issue a second
 * certificate under it, so trusting the root means trusting exactly this one.
 */
export async function createSealIdentity(given: Given): Promise<SealIdentity> {
  const rootKeys = await newKeys();
  const rootName = nameOf('Root of', given);
  const root = await issue({
    subject: rootName,
    issuer: rootName,
    publicKey: rootKeys.publicKey,
    signedBy: rootKeys,
    validity: validFor(ROOT_YEARS, given.now),
    extensions: [basicConstraints(true), keyUsage(CERTIFICATE_SIGN)],
  });
  const leafKeys = await newKeys();
  const leaf = await issue({
    subject: nameOf('Reports of', given),
    issuer: rootName,
    publicKey: leafKeys.publicKey,
    signedBy: rootKeys,
    validity: validFor(LEAF_YEARS, given.now),
    extensions: [
      basicConstraints(false),
      keyUsage(DIGITAL_SIGNATURE_AND_NON_REPUDIATION),
      extendedKeyUsage(),
    ],
  });
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey);
  return {
    privateKey: toPem('PRIVATE KEY', privateKey),
    certificates: toPem('CERTIFICATE', leaf) + toPem('CERTIFICATE', root),
  };
}

async function issue(given: {
  subject: pkijs.RelativeDistinguishedNames;
  issuer: pkijs.RelativeDistinguishedNames;
  publicKey: webcrypto.CryptoKey;
  signedBy: webcrypto.CryptoKeyPair;
  validity: { notBefore: Date; notAfter: Date };
  extensions: pkijs.Extension[];
}): Promise<ArrayBuffer> {
  const certificate = new pkijs.Certificate({
    version: 2, // which is how X.509 version 3 is written
    serialNumber: new asn1.Integer({ valueHex: newSerialNumber() }),
    subject: given.subject,
    issuer: given.issuer,
    notBefore: timeOf(given.validity.notBefore),
    notAfter: timeOf(given.validity.notAfter),
    extensions: [
      ...given.extensions,
      subjectKeyIdentifier(await keyIdentifierOf(given.publicKey)),
      authorityKeyIdentifier(await keyIdentifierOf(given.signedBy.publicKey)),
    ],
  });
  await certificate.subjectPublicKeyInfo.importKey(given.publicKey);
  await certificate.sign(given.signedBy.privateKey, 'SHA-256');
  return certificate.toSchema(true).toBER();
}

const newKeys = () =>
  webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;

/** UTF-8 throughout: a provider's name may hold accents. */
function nameOf(title: string, { name, country }: Given): pkijs.RelativeDistinguishedNames {
  const parts = [
    part(COMMON_NAME, new asn1.Utf8String({ value: cut(`${title} ${name}`) })),
    part(ORGANISATION, new asn1.Utf8String({ value: cut(name) })),
  ];
  if (/^[A-Z]{2}$/.test(country)) parts.push(part(COUNTRY, new asn1.PrintableString({ value: country })));
  // Parsed from its bytes, because pkijs by itself would put all parts into one set.
  return pkijs.RelativeDistinguishedNames.fromBER(new asn1.Sequence({ value: parts }).toBER());
}

const part = (type: string, value: asn1.Utf8String | asn1.PrintableString) =>
  new asn1.Set({
    value: [new asn1.Sequence({ value: [new asn1.ObjectIdentifier({ value: type }), value] })],
  });

const cut = (text: string) => [...text].slice(0, LONGEST_NAME).join('');

function validFor(years: number, now: Date) {
  const notBefore = new Date(now);
  notBefore.setUTCDate(now.getUTCDate() - 1); // clocks of readers differ
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + years);
  return { notBefore, notAfter };
}

/** Two digits of the year up to 2049, four from then on (RFC 5280). */
const timeOf = (value: Date) => new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });

/** Positive and without leading zero, which is what DER wants. */
function newSerialNumber(): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(randomBytes(16));
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}

const basicConstraints = (isRoot: boolean) =>
  extension(
    '2.5.29.19',
    true,
    new pkijs.BasicConstraints(isRoot ? { cA: true, pathLenConstraint: 0 } : {}).toSchema(),
  );

const keyUsage = (bits: number) =>
  extension(
    '2.5.29.15',
    true,
    new asn1.BitString({ valueHex: Uint8Array.of(bits), unusedBits: Math.log2(bits & -bits) }),
  );

const extendedKeyUsage = () =>
  extension(
    '2.5.29.37',
    false,
    new pkijs.ExtKeyUsage({ keyPurposes: [DOCUMENT_SIGNING, EMAIL_PROTECTION] }).toSchema(),
  );

const subjectKeyIdentifier = (id: Uint8Array<ArrayBuffer>) =>
  extension('2.5.29.14', false, new asn1.OctetString({ valueHex: id }));

const authorityKeyIdentifier = (id: Uint8Array<ArrayBuffer>) =>
  extension(
    '2.5.29.35',
    false,
    new pkijs.AuthorityKeyIdentifier({ keyIdentifier: new asn1.OctetString({ valueHex: id }) }).toSchema(),
  );

const extension = (extnID: string, critical: boolean, value: asn1.BaseBlock) =>
  new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });

/** A name for a key, by which a certificate points to its issuer's. */
async function keyIdentifierOf(key: webcrypto.CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const raw = await webcrypto.subtle.exportKey('raw', key);
  return Uint8Array.from(createHash('sha256').update(Buffer.from(raw)).digest().subarray(0, 20));
}

function toPem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
