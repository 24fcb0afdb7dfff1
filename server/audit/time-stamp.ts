/** Asks a time-stamp authority (RFC 3161) to sign that some bytes were there, so that not only we say when. */
import { createHash, randomBytes } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pkijs from 'pkijs';

const SHA_256 = '2.16.840.1.101.3.4.2.1';
const STAMP_INFO = '1.2.840.113549.1.9.16.1.4';
const GRANTED = [0, 1];
const PATIENCE_MS = 20_000;
const MOST_BYTES = 100_000;

export interface Stamp {
  /** The authority's whole answer, as `openssl ts -verify -in` reads it. */
  answer: Buffer;
  at: Date;
}

/** Throws where it refuses, is silent, or stamps something else than it was asked. Whom it trusts is for the reader to judge. */
export async function askStamp(authority: string, body: Uint8Array): Promise<Stamp> {
  const imprint = createHash('sha256').update(body).digest();
  const nonce = Buffer.concat([Buffer.of(1), randomBytes(15)]);
  const answer = await fetch(authority, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: Uint8Array.from(requestFor(imprint, nonce)),
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(`The time-stamp authority answered ${answer.status}.`);
  const bytes = await readAtMost(answer);
  const told = infoIn(bytes);
  const isOurs =
    told.messageImprint.hashAlgorithm.algorithmId === SHA_256 &&
    imprint.equals(told.messageImprint.hashedMessage.valueBlock.valueHexView) &&
    told.nonce !== undefined &&
    nonce.equals(told.nonce.valueBlock.valueHexView);
  if (!isOurs) throw new Error('The time-stamp authority stamped something else.');
  return { answer: bytes, at: told.genTime };
}

async function readAtMost({ body }: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Error('The time-stamp authority answers without end.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function requestFor(imprint: Buffer, nonce: Buffer): Buffer {
  const request = new pkijs.TimeStampReq({
    version: 1,
    messageImprint: new pkijs.MessageImprint({
      hashAlgorithm: new pkijs.AlgorithmIdentifier({
        algorithmId: SHA_256,
        algorithmParams: new asn1.Null(),
      }),
      hashedMessage: new asn1.OctetString({ valueHex: Uint8Array.from(imprint) }),
    }),
    nonce: new asn1.Integer({ valueHex: Uint8Array.from(nonce) }),
    certReq: true,
  });
  return Buffer.from(request.toSchema().toBER());
}

/** What is stamped, out of an answer that grants it. */
function infoIn(answer: Buffer): pkijs.TSTInfo {
  try {
    const { status, timeStampToken } = pkijs.TimeStampResp.fromBER(Uint8Array.from(answer));
    if (!GRANTED.includes(status.status) || !timeStampToken)
      throw new Error(`Its status is ${status.status}.`);
    const { encapContentInfo } = new pkijs.SignedData({ schema: timeStampToken.content });
    if (encapContentInfo.eContentType !== STAMP_INFO || !encapContentInfo.eContent)
      throw new Error('It holds no stamp.');
    return pkijs.TSTInfo.fromBER(Uint8Array.from(contentOf(encapContentInfo.eContent)));
  } catch (cause) {
    throw new Error('The time-stamp authority gave no stamp.', { cause });
  }
}

const contentOf = (octets: asn1.OctetString): Uint8Array =>
  octets.idBlock.isConstructed
    ? Buffer.concat(
        octets.valueBlock.value.map((piece) => (piece as asn1.OctetString).valueBlock.valueHexView),
      )
    : octets.valueBlock.valueHexView;
