import { Broken } from './broken.ts';

/** A mail: headers, and each part of it to its end, with what is in base64 read as that. */
export function openMail(bytes: Buffer): void {
  const text = bytes.toString('latin1').replaceAll('\r\n', '\n');
  const [head, body] = halves(text);
  if (!/^(From|Received|Date|Subject|Message-ID|Return-Path|To):/im.test(head))
    throw new Broken('no headers of a mail');
  checkPart(head, body, 0);
}

function checkPart(head: string, body: string, depth: number): void {
  const unfolded = head.replace(/\n[ \t]+/g, ' ');
  const boundary = /^Content-Type:\s*multipart\/[^\n]*?boundary="?([^";\n]+)/im.exec(unfolded)?.[1];
  if (boundary !== undefined && depth < 20) {
    if (!body.includes(`--${boundary}--`)) throw new Broken('it ends too soon');
    for (const part of body.split(`--${boundary}`).slice(1, -1))
      checkPart(...halves(part.trimStart()), depth + 1);
    return;
  }
  if (!/^Content-Transfer-Encoding:\s*base64/im.test(unfolded)) return;
  const packed = body.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed) || packed.length % 4 !== 0)
    throw new Broken('an attachment is cut');
}

function halves(text: string): [head: string, body: string] {
  const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n');
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + (text.startsWith('\n') ? 1 : 2))];
}
