/** XML from strangers: elements, attributes and text, without document types and without entities beyond the five. */
import { Refusal } from '#/plans/errors.ts';

export interface XmlReader {
  /** Names come without their prefix; attributes are read only when asked for. */
  open?(name: string, attribute: (name: string) => string | null): void;
  close?(name: string): void;
  text?(text: string): void;
}

const broken = () => new Refusal('invalid', 'exchange.broken-xml');

/** Reads a document from front to back. Nothing is fetched, and nothing is kept but what the reader keeps. */
export function readXml(bytes: Buffer, reader: XmlReader): void {
  const text = decode(bytes);
  const trail: string[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf('<', at);
    if (start === -1) break;
    if (start > at && trail.length > 0) reader.text?.(plain(text.slice(at, start)));
    if (text.startsWith('<!--', start)) at = after(text, '-->', start);
    else if (text.startsWith('<![CDATA[', start)) {
      at = after(text, ']]>', start);
      reader.text?.(text.slice(start + 9, at - 3));
    } else if (text.startsWith('<!', start)) throw new Refusal('invalid', 'exchange.xml-declares');
    else if (text.startsWith('<?', start)) at = after(text, '?>', start);
    else {
      at = tagEnd(text, start);
      readTag(text.slice(start + 1, at - 1), trail, reader);
    }
  }
  if (trail.length > 0) throw broken();
}

function readTag(tag: string, trail: string[], reader: XmlReader): void {
  if (tag.startsWith('/')) {
    const name = tag.slice(1).trim();
    if (trail.pop() !== name) throw broken();
    reader.close?.(local(name));
    return;
  }
  const isEmpty = tag.endsWith('/');
  const [name = ''] = /^[^\s/]+/.exec(tag) ?? [];
  if (!/^[\p{L}_]/u.test(name)) throw broken();
  reader.open?.(local(name), (wanted) => attributeOf(tag, wanted));
  if (isEmpty) reader.close?.(local(name));
  else trail.push(name);
}

/** The end of a tag, past any `>` in its quoted values. */
function tagEnd(text: string, start: number): number {
  let quote = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text[at]!;
    if (quote) quote = sign === quote ? '' : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '>') return at + 1;
  }
  throw broken();
}

function attributeOf(tag: string, wanted: string): string | null {
  for (const [, name = '', double, single] of tag.matchAll(/\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    if (name === wanted || (wanted.includes(':') && name.endsWith(wanted.slice(wanted.indexOf(':')))))
      return plain(double ?? single ?? '');
  return null;
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  if (at === -1) throw broken();
  return at + end.length;
}

const KNOWN: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function plain(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&\s]*);?/g, (_whole, name: string) => {
    const code = /^#x[0-9a-f]{1,6}$/i.test(name)
      ? Number.parseInt(name.slice(2), 16)
      : /^#\d{1,7}$/.test(name)
        ? Number(name.slice(1))
        : null;
    if (code !== null && code <= 0x10ffff) return String.fromCodePoint(code);
    const known = KNOWN[name];
    if (known === undefined) throw new Refusal('invalid', 'exchange.xml-declares');
    return known;
  });
}

function decode(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isWide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Refusal('invalid', 'exchange.broken-xml', {}, { cause: error });
  }
}

/** Text as it may stand in an element or a quoted attribute. What XML cannot hold is left out. */
export const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
