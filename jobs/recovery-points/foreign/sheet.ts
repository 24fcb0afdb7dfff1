/**
 * The commands of RESTORE.md as they are printed: numbered lines that a reader of PDF gives back exactly, or that are seen not to
 * have come back so. `012|` begins a line, `012+` goes on with it; the last one has the SHA-256 of them all.
 */
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Paper } from './paper.ts';

const WIDTH = 96;
/** A space after a space: readers of PDF make one of two, or seven. */
const MORE_SPACE = '·';
const PARTS = ['script', 'open', 'single', 'several', 'check'] as const;
export type SheetPart = (typeof PARTS)[number];

export interface Sheet {
  parts: { part: SheetPart; lines: string[] }[];
  sha256: string;
}

export function writeSheet(paper: Paper): Sheet {
  const logical = PARTS.map((part) => ({ part, lines: linesOf(paper, part) }));
  let number = 0;
  return {
    parts: logical.map(({ part, lines }) => ({
      part,
      lines: lines.flatMap((line) => {
        number += 1;
        const at = String(number).padStart(3, '0');
        return cut(line).map(
          (piece, place) => `${at}${place === 0 ? '|' : '+'} ${piece.replace(/(?<= ) /g, MORE_SPACE)}`,
        );
      }),
    })),
    sha256: hash('sha256', textOf(logical)),
  };
}

/** Reads the text of a sheet. Throws `data` when a line is missing or the sum is another. */
export function readSheet(text: string): Paper & { sha256: string } {
  const found: { part: SheetPart; lines: string[] }[] = [];
  let expected = 1;
  for (const raw of text.split('\n')) {
    const [, part] = /^\s*#= ([a-z]+)\s*$/.exec(raw) ?? [];
    if (part) found.push({ part: part as SheetPart, lines: [] });
    const [, number, mark, piece = ''] = /^\s*(\d{3})([|+]) (.*?)\s*$/.exec(raw) ?? [];
    const lines = found.at(-1)?.lines;
    const read = piece.replaceAll(MORE_SPACE, ' ');
    if (number === undefined || !lines) continue;
    if (mark === '|' && Number(number) !== expected++) throw unreadable(String(expected - 1));
    if (mark === '|') lines.push(read);
    else lines.push(`${lines.pop() ?? ''}${read}`);
  }
  const [, told] = /SHA-256\s+([0-9a-f]{64})/.exec(text) ?? [];
  if (found.map(({ part }) => part).join() !== PARTS.join()) throw unreadable('#=');
  if (told === undefined || hash('sha256', textOf(found)) !== told) throw unreadable('SHA-256');
  const part = (name: SheetPart) => `${found.find((one) => one.part === name)!.lines.join('\n')}\n`;
  return {
    script: part('script'),
    byHand: { open: part('open'), single: part('single'), several: part('several'), check: part('check') },
    sha256: told,
  };
}

/** By poppler's reader, which had no part in writing it. */
export async function readPrintedSheet(file: string): Promise<Paper & { sha256: string }> {
  try {
    const { stdout } = await promisify(execFile)('pdftotext', ['-layout', '-enc', 'UTF-8', file, '-'], {
      maxBuffer: 16 << 20,
    });
    return readSheet(stdout);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new EngineError(
      'inconclusive',
      because('foreign.program-missing', { program: 'pdftotext' }),
      'The program pdftotext reads printed sheets and is not installed: apt-get install poppler-utils.',
      { cause: error },
    );
  }
}

/** Indentation means nothing to a shell here, and paper does not keep it. */
const linesOf = ({ script, byHand }: Paper, part: SheetPart): string[] =>
  (part === 'script' ? script : byHand[part])
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const textOf = (parts: { part: string; lines: string[] }[]): string =>
  parts.map(({ part, lines }) => `#= ${part}\n${lines.join('\n')}\n`).join('');

/** In pieces that fit the paper and begin and end with a letter that is seen. */
function cut(line: string): string[] {
  if (line.length <= WIDTH) return [line];
  let at = WIDTH;
  while (at > WIDTH / 2 && (line[at] === ' ' || line[at - 1] === ' ')) at -= 1;
  return [line.slice(0, at), ...cut(line.slice(at))];
}

const unreadable = (part: string) =>
  new EngineError(
    'data',
    because('foreign.sheet-unreadable', { part }),
    `The printed sheet does not read back as it was written: ${part}.`,
  );
