/**
 * Reads what Chromium writes: objects in the clear and one classic table of their places. That is all this product
 * ever has to read of a PDF before sealing it, so no PDF library is needed.
 */

const XREF_ENTRY_LENGTH = 20;

/** A PDF as Chromium wrote it. Texts are latin1, so that their positions are those of the bytes. */
export interface PdfObjects {
  /** Numbers from this on are free. */
  size: number;
  rootId: number;
  infoId: number;
  /** Place of the table of places. */
  tableAt: number;
  /** What stands between `obj` and `endobj`. */
  object(id: number): string;
  /** Place of an object's first byte. */
  placeOf(id: number): number;
}

/** Throws where Chromium begins to write otherwise. */
export function readObjects(pdf: Buffer): PdfObjects {
  const end = pdf.subarray(-64).toString('latin1');
  const tableAt = Number(need(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(end), 'its end')[1]);
  const table = pdf.subarray(tableAt).toString('latin1');
  const [head, count] = need(/^xref\s+0 (\d+)\s*\n/.exec(table), 'its table of places');
  const trailer = need(/trailer\s*<<([\s\S]*?)>>\s*startxref/.exec(table), 'its trailer')[1]!;
  const placeOf = (id: number) => {
    const at = tableAt + head.length + id * XREF_ENTRY_LENGTH;
    return Number(pdf.subarray(at, at + 10).toString('latin1'));
  };
  return {
    size: Number(count),
    rootId: reference(trailer, 'Root'),
    infoId: reference(trailer, 'Info'),
    tableAt,
    placeOf,
    object: (id) => {
      const from = placeOf(id);
      const text = pdf.subarray(from, pdf.indexOf('\nendobj', from)).toString('latin1');
      return need(/^\d+ 0 obj\s+([\s\S]*)$/.exec(text), `object ${id}`)[1]!;
    },
  };
}

/** Object numbers of the pages, in their order. */
export function pageIds({ rootId, object }: PdfObjects): number[] {
  const under = (id: number): number[] => {
    const kids = /\/Kids \[([^\]]*)\]/.exec(object(id))?.[1];
    return kids === undefined
      ? [id]
      : [...kids.matchAll(/(?<!\d)(\d{1,10}) 0 R/g)].flatMap(([, kid]) => under(Number(kid)));
  };
  return under(reference(object(rootId), 'Pages'));
}

/** On which page, counted from 1, each element stands that something in the document links to. */
export function destinations(objects: PdfObjects): Record<string, number> {
  const { rootId, object } = objects;
  const root = object(rootId);
  if (!root.includes('/Dests ')) return {};
  const numbers = new Map(pageIds(objects).map((id, index) => [id, index + 1]));
  const named = object(reference(root, 'Dests')).matchAll(/\/([^\s/]{1,500}) \[(\d{1,10}) 0 R/g);
  return Object.fromEntries([...named].map(([, name, page]) => [idOf(name!), numbers.get(Number(page))!]));
}

/** The number of the object that a key points to. */
export function reference(dictionary: string, key: string): number {
  return Number(need(new RegExp(`/${key} (\\d+) 0 R`).exec(dictionary), `/${key}`)[1]);
}

/** Chromium escapes an id as in an address, and Skia that as a PDF name. */
const idOf = (name: string) =>
  decodeURIComponent(
    name.replace(/#([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  );

function need(match: RegExpExecArray | null, what: string): RegExpExecArray {
  if (!match) throw new Error(`Chromium wrote a PDF in which ${what} is not as expected.`);
  return match;
}
