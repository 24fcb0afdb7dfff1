/** Makes what people wrote safe to stand in a sentence: one line, and a direction that ends where the text ends. */

const CONTROLS = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Every text in a value, cleaned. Texts that hold right-to-left letters are isolated from their neighbours. */
export function cleaned<Value>(value: Value): Value {
  if (typeof value === 'string') return isolated(value) as Value;
  if (Array.isArray(value)) return value.map(cleaned) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleaned(inner)])) as Value;
}

/** The same of a text whose lines mean something, as Markdown. */
export const cleanedLines = (text: string): string => text.split(/\r?\n/).map(cleanedLine).join('\n');

/** What a line begins with tells what it is in a list or a block of code. */
const cleanedLine = (line: string): string => {
  const indent = /^[ \t]*/.exec(line)![0];
  return indent.replaceAll('\t', '    ') + isolated(line.slice(indent.length));
};

/** Titles, headers and the cover have little room: long names end in dots there, and stand in full elsewhere. */
export function shortened(text: string, most = 60): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const isClosed = text.endsWith('\u2069');
  return `${letters
    .slice(0, most - 1)
    .join('')
    .trimEnd()}…${isClosed ? '\u2069' : ''}`;
}

function isolated(text: string): string {
  const plain = text.replace(CONTROLS, ' ').trim();
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}
