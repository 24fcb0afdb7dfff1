/** The trail of one provider as JSON lines: first which trail it is, then one line for each event, as the chain hashed it. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { chainLines } from '#/plans/audit.ts';
import { CHAIN_START, type ChainLine } from '#/plans/audit-chain.ts';
import type { Work } from '#/plans/work.ts';
import { StartError } from '../start-error.ts';

const Head = z.object({ format: z.literal('reprise-audit'), version: z.literal(1), provider: z.uuid() });

const Line = z.object({
  seq: z.int(),
  previousHash: z.string(),
  hash: z.string(),
  content: z.string(),
});

/** Needs all clients in scope. */
export async function* writeExport(work: Pick<Work, 'db' | 'provider'>): AsyncGenerator<string> {
  yield `${JSON.stringify({ format: 'reprise-audit', version: 1, provider: work.provider })}\n`;
  for await (const { seq, previousHash, hash, content } of chainLines(work))
    yield `${JSON.stringify({ seq, previousHash, hash, content })}\n`;
}

/** Reads an export: whose trail it is, and its lines. A line that is none stands for an event that was altered. */
export async function readExport(
  file: string,
): Promise<{ provider: string; lines: AsyncIterable<ChainLine> }> {
  const texts = createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })[Symbol.asyncIterator]();
  const { success, data } = Head.safeParse(parse(await firstOf(texts, file)));
  if (!success)
    throw new StartError(`${file} is no export of an audit trail: its first line does not say so.`);
  return { provider: data.provider, lines: linesOf(texts) };
}

async function firstOf(texts: AsyncIterator<string>, file: string): Promise<string> {
  try {
    return (await texts.next()).value ?? '';
  } catch (error) {
    throw new StartError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`, {
      cause: error,
    });
  }
}

async function* linesOf(texts: AsyncIterableIterator<string>): AsyncGenerator<ChainLine> {
  let next = 1;
  for await (const text of texts) {
    const { success, data } = Line.safeParse(parse(text));
    const broken = { seq: next, previousHash: CHAIN_START, hash: '', content: text };
    yield success ? data : broken;
    next += 1;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
