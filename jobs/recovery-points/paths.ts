/** Paths of captured files as text. A file's name is bytes; here it is UTF-8 with `%XX` for all that JSON or a shell could trip on. */
import { isUtf8 } from 'node:buffer';
import { EngineError } from './contract.ts';
import { because } from './finding-codes.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const SPECIAL = /[%"\\\u0000-\u001f\u007f]/;
const MUST_ESCAPE = new Set([0x25, 0x22, 0x5c, 0x7f, ...Array(32).keys()]);

/** Writes a path's bytes as text that needs no escape in JSON. */
export function encodePath(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    return SPECIAL.test(text)
      ? text.replace(new RegExp(SPECIAL, 'g'), (char) => escapeByte(char.charCodeAt(0)))
      : text;
  }
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const isPlain = length > 0 && !MUST_ESCAPE.has(bytes[at]!);
    text += isPlain ? bytes.toString('utf8', at, at + length) : escapeByte(bytes[at]!);
    at += Math.max(length, 1);
  }
  return text;
}

/** Gives back the bytes of an encoded path. */
export function decodePath(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text);
  const [first = '', ...rest] = text.split('%');
  const pieces = [Buffer.from(first)];
  for (const piece of rest) pieces.push(Buffer.from(piece.slice(0, 2), 'hex'), Buffer.from(piece.slice(2)));
  return Buffer.concat(pieces);
}

/** Refuses a path from a manifest that is not a plain one below the root. `.` is the root itself. */
export function checkPath(path: string): void {
  if (path === '.' || (PLAIN.test(path) && !DOTS.test(path))) return;
  const isWellFormed = !/%(?![0-9A-F]{2})|%00/.test(path) && !SPECIAL.test(path.replaceAll('%', ''));
  if (!isWellFormed || path.split('/').some((part) => part === '' || isDots(part)))
    throw new EngineError(
      'data',
      because('manifest.bad-entry', { path }),
      `The manifest holds an impossible path: ${path}`,
      { where: path },
    );
}

/** Printable ASCII without a percent sign; in it only empty parts and dots can be wrong. */
const PLAIN = /^[ !#$&-[\]-~]+$/;
const DOTS = /(?:^|\/)\.{0,2}(?:\/|$)/;

function isDots(part: string): boolean {
  const bytes = decodePath(part).toString('latin1');
  return bytes === '.' || bytes === '..' || bytes.includes('/');
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Length of the valid UTF-8 sequence that begins here, or 0. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++)
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  return 0;
}
