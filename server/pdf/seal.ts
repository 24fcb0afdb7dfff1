/** Seals a report: attaches its evidence, says what it is, and signs all of it so that no byte may change. */
import { createHash, X509Certificate } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { signDigest } from './cms.ts';
import { type IncrementalUpdate, streamOf, updateOf } from './incremental-update.ts';
import { pageIds } from './pdf-objects.ts';
import { pdfDate, pdfText } from './pdf-text.ts';
import type { SealIdentity } from './seal-identity.ts';
import { xmpOf } from './xmp.ts';

/** Room for the signature. One with the longest names takes about 3,500 bytes. */
const SIGNATURE_BYTES = 8192;

// As long as any range may become; overwritten once it is known.
const RANGE_PLACEHOLDER = '/ByteRange[0 0000000000 0000000000 0000000000]';

const TOOL = 'Reprise';

/** The name under which the evidence is attached. */
export const EVIDENCE_FILE = 'evidence.json';

export interface SealOptions {
  identity: SealIdentity;
  /** JSON. */
  evidence: string;
  title: string;
  author: string;
  reference: string;
  locale: string;
  date: Date;
}

/** Appends one update to what Chromium wrote, and signs the whole. */
export function sealPdf(pdf: Buffer, options: SealOptions): Buffer {
  const certificate = new X509Certificate(options.identity.certificates); // the first of them
  refuseOutsideValidity(certificate, options.date);
  const update = updateOf(pdf);
  const ids = {
    ...describe(update, options),
    ...attachEvidence(update, options),
    ...addSignatureField(update, options),
  };
  extendCatalog(update, ids);
  const file = update.finish(fileIdOf(pdf, options.evidence));
  return signInPlace(file, ids.signatureAt, (digest) =>
    signDigest(digest, certificate, options.identity.privateKey),
  );
}

/** Readers call a seal invalid that was made outside of its certificate's validity. */
function refuseOutsideValidity({ validFromDate, validToDate }: X509Certificate, date: Date) {
  if (date < validFromDate || date > validToDate)
    throw new Error(
      `The certificate that seals reports is valid from ${validFromDate.toISOString()} to ${validToDate.toISOString()}, not on ${date.toISOString()}.`,
    );
}

/** Replaces the document's information and adds the same as XMP, which has to agree with it. */
function describe({ objects, newId, put }: IncrementalUpdate, options: SealOptions): { metadataId: number } {
  const { title, author, reference, date } = options;
  const producer = /\/Producer \(([^()\\]*)\)/.exec(objects.object(objects.infoId))?.[1] ?? 'Skia/PDF';
  const dates = `/CreationDate${pdfDate(date)}/ModDate${pdfDate(date)}`;
  put(
    objects.infoId,
    `<</Title${pdfText(title)}/Author${pdfText(author)}/Subject${pdfText(reference)}/Creator${pdfText(TOOL)}/Producer${pdfText(producer)}${dates}>>`,
  );
  const metadataId = newId();
  put(metadataId, streamOf('/Type/Metadata/Subtype/XML', xmpOf({ ...options, tool: TOOL, producer })));
  return { metadataId };
}

function attachEvidence(
  { newId, put }: IncrementalUpdate,
  { evidence, date }: SealOptions,
): { evidenceId: number } {
  const bytes = Buffer.from(evidence);
  const md5 = createHash('md5').update(bytes).digest('hex'); // PDF knows no other; the seal is what protects it
  const params = `/Params<</Size ${bytes.length}/ModDate${pdfDate(date)}/CheckSum<${md5}>>>`;
  const [fileId, evidenceId] = [newId(), newId()];
  put(
    fileId,
    streamOf(`/Type/EmbeddedFile/Subtype/application#2Fjson/Filter/FlateDecode${params}`, deflateSync(bytes)),
  );
  put(
    evidenceId,
    `<</Type/Filespec/F(${EVIDENCE_FILE})/UF${pdfText(EVIDENCE_FILE)}/AFRelationship/Data/EF<</F ${fileId} 0 R/UF ${fileId} 0 R>>>>`,
  );
  return { evidenceId };
}

/** An invisible field on the first page, and the signature that it holds, still empty. */
function addSignatureField({ objects, newId, put }: IncrementalUpdate, { author, date }: SealOptions) {
  const [lookId, fieldId, signatureId] = [newId(), newId(), newId()];
  const pageId = pageIds(objects)[0]!;
  put(lookId, streamOf('/Type/XObject/Subtype/Form/BBox[0 0 0 0]/Resources<<>>', Buffer.alloc(0)));
  put(
    fieldId,
    `<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/Rect[0 0 0 0]/F 132/P ${pageId} 0 R/V ${signatureId} 0 R/AP<</N ${lookId} 0 R>>>>`,
  );
  put(pageId, withAnnotation(objects.object(pageId), fieldId));
  const noChangeAllowed =
    '/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]';
  const signatureAt = put(
    signatureId,
    `<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M${pdfDate(date)}/Name${pdfText(author)}${noChangeAllowed}${RANGE_PLACEHOLDER}/Contents<${'0'.repeat(2 * SIGNATURE_BYTES)}>>>`,
  );
  return { fieldId, signatureId, signatureAt };
}

function withAnnotation(page: string, id: number): string {
  return page.includes('/Annots [')
    ? page.replace('/Annots [', `/Annots [${id} 0 R `)
    : withKeys(page, `/Annots [${id} 0 R]`);
}

function extendCatalog(
  { objects, put }: IncrementalUpdate,
  ids: Record<'metadataId' | 'evidenceId' | 'fieldId' | 'signatureId', number>,
) {
  const catalog = objects.object(objects.rootId);
  if (/\/(Names|AcroForm|Metadata|AF|Perms)\b/.test(catalog))
    throw new Error('Chromium wrote a PDF that has an attachment or a form already.');
  const keys = [
    `/Version/1.7/Metadata ${ids.metadataId} 0 R/AF[${ids.evidenceId} 0 R]`,
    `/Names<</EmbeddedFiles<</Names[${pdfText(EVIDENCE_FILE)} ${ids.evidenceId} 0 R]>>>>`,
    `/AcroForm<</Fields[${ids.fieldId} 0 R]/SigFlags 3>>/Perms<</DocMDP ${ids.signatureId} 0 R>>`,
  ];
  put(objects.rootId, withKeys(catalog, keys.join('')));
}

const withKeys = (dictionary: string, keys: string) => dictionary.replace(/>>\s*$/, `${keys}>>`);

/** Signs everything but the signature's own hexadecimal, in lower case and followed by zeros. */
function signInPlace(file: Buffer, signatureAt: number, signed: (digest: Buffer) => Buffer): Buffer {
  const rangeAt = file.indexOf(RANGE_PLACEHOLDER, signatureAt, 'latin1');
  const from = file.indexOf('<', rangeAt, 'latin1');
  const to = from + 2 * SIGNATURE_BYTES + 2;
  const range = `/ByteRange[0 ${from} ${to} ${file.length - to}`;
  file.write(`${range.padEnd(RANGE_PLACEHOLDER.length - 1)}]`, rangeAt, 'latin1');

  const signature = signed(digestAround(file, from, to));
  if (signature.length > SIGNATURE_BYTES)
    throw new Error(
      `The signature takes ${signature.length} bytes, and there is room for ${SIGNATURE_BYTES}.`,
    );
  file.write(signature.toString('hex'), from + 1, 'latin1');
  return file;
}

/** SHA-256 of a file without what lies between two places. */
export const digestAround = (file: Buffer, from: number, to: number) =>
  createHash('sha256').update(file.subarray(0, from)).update(file.subarray(to)).digest();

const fileIdOf = (pdf: Buffer, evidence: string) =>
  createHash('sha256').update(pdf).update(evidence).digest('hex').slice(0, 32);
