/** XML as S3 answers it. */
import type { ServerResponse } from 'node:http';

/** An element around text, which is escaped, or around elements that stand already. */
export function element(name: string, content: string | number | boolean | string[]): string {
  return `<${name}>${Array.isArray(content) ? content.join('') : escaped(String(content))}</${name}>`;
}

export function sendXml(response: ServerResponse, status: number, document: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${document}`;
  response.writeHead(status, {
    'Content-Type': 'application/xml',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function escaped(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (sign) => `&#${sign.codePointAt(0)};`);
}
