/** Changes a PDF by appending to it: what was there stays as it is, byte for byte. */
import { type PdfObjects, readObjects } from './pdf-objects.ts';

export interface IncrementalUpdate {
  objects: PdfObjects;
  newId(): number;
  /** Adds an object, or replaces one. Answers where its first byte will be. */
  put(id: number, body: string | Buffer): number;
  /** The whole file, with a table of what was put. `id` tells this file from others, in hexadecimal. */
  finish(id: string): Buffer;
}

/** Begins an update of what Chromium wrote. */
export function updateOf(pdf: Buffer): IncrementalUpdate {
  const objects = readObjects(pdf);
  const parts = [pdf];
  if (pdf.at(-1) !== '\n'.charCodeAt(0)) parts.push(Buffer.from('\n'));
  const places = new Map<number, number>();
  let length = parts.reduce((sum, part) => sum + part.length, 0);
  let nextId = objects.size;

  return {
    objects,
    newId: () => nextId++,
    put: (id, body) => {
      const at = length;
      const bytes = Buffer.concat([latin1(`${id} 0 obj\n`), latin1(body), latin1('\nendobj\n')]);
      parts.push(bytes);
      places.set(id, at);
      length += bytes.length;
      return at;
    },
    finish: (id) => {
      const { rootId, infoId, tableAt } = objects;
      const trailer = `<</Size ${nextId}/Root ${rootId} 0 R/Info ${infoId} 0 R/Prev ${tableAt}/ID[<${id}><${id}>]>>`;
      const end = `${tableOf(places)}trailer\n${trailer}\nstartxref\n${length}\n%%EOF\n`;
      return Buffer.concat([...parts, latin1(end)]);
    },
  };
}

/** A stream with its length. `keys` are those of its dictionary. */
export const streamOf = (keys: string, bytes: Buffer) =>
  Buffer.concat([latin1(`<<${keys}/Length ${bytes.length}>>\nstream\n`), bytes, latin1('\nendstream')]);

/** One section for each run of numbers that follow each other. */
function tableOf(places: Map<number, number>): string {
  const entries = [...places].sort(([left], [right]) => left - right);
  const sections: [number, number][][] = [];
  for (const entry of entries) {
    const last = sections.at(-1);
    if (last?.at(-1)?.[0] === entry[0] - 1) last.push(entry);
    else sections.push([entry]);
  }
  const text = sections.map((section) => {
    const lines = section.map(([, at]) => `${String(at).padStart(10, '0')} 00000 n \n`);
    return `${section[0]![0]} ${section.length}\n${lines.join('')}`;
  });
  return `xref\n${text.join('')}`;
}

const latin1 = (body: string | Buffer) => (typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
