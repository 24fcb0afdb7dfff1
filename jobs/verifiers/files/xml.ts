import { Broken } from './broken.ts';

const PIECE =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>|<\/?[^\s/>"'](?:"[^"]*"|'[^']*'|[^"'>])*>/y;

/** Whether each element is closed where it must be. No entity is resolved and nothing is fetched. */
export function checkXml(bytes: Buffer, name: string): void {
  // LibreOffice keeps some of its settings as files without content.
  if (bytes.length === 0) return;
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = bytes.toString(isWide ? 'utf16le' : 'utf8');
  const open: string[] = [];
  let elements = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text)?.[0];
    if (piece === undefined) throw new Broken(`${name} is not well formed`);
    at += piece.length;
    if (/^<[!?]/.test(piece)) continue;
    const tag = /^<\/?([^\s/>]+)/.exec(piece)![1]!;
    if (piece.startsWith('</')) {
      if (open.pop() !== tag) throw new Broken(`${name} closes ${tag} where it is not open`);
    } else {
      elements++;
      if (!piece.endsWith('/>')) open.push(tag);
    }
  }
  if (open.length > 0 || elements === 0) throw new Broken(`${name} ends too soon`);
}
