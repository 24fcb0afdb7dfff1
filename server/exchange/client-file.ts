/**
 * A whole client as one file: its records as the JSON interface tells them, which can be taken over elsewhere, and all its rows,
 * which are kept to be read. `sha256` is that of the canonical JSON of all else in the file.
 */
import { z } from 'zod';
import { allow } from '#/plans/access.ts';
import { record } from '#/plans/audit.ts';
import { canonical, sha256 } from '#/plans/canonical.ts';
import { Client, findClient } from '#/plans/clients.ts';
import { Refusal } from '#/plans/errors.ts';
import { readArchive } from '#/plans/exchange/client-archive.ts';
import type { Work } from '#/plans/work.ts';
import { nouns } from '../records/nouns/index.ts';

export const FORMAT = 'reprise-client/1';

const Content = z.object({
  format: z.literal(FORMAT),
  madeAt: z.string(),
  madeBy: z.string(),
  client: Client,
  records: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  archive: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});
export type ClientContent = z.infer<typeof Content>;

/** The trail is part of it: only who may read that may take it along. */
export async function writeClientFile(work: Work, id: string): Promise<{ name: string; text: string }> {
  allow(work, 'audit.read');
  const client = await findClient(work, id);
  const records: ClientContent['records'] = {};
  for (const noun of nouns) records[noun.path] = await (noun.listAll ?? noun.list)(work, id);
  const content = {
    format: FORMAT,
    madeAt: work.now.toISOString(),
    madeBy: work.actor.name,
    client,
    records,
    archive: await readArchive(work, id),
  };
  const hash = sha256(canonical(content));
  await record(work, 'exchange.handed-out', { kind: 'client', id, client: id }, { sha256: hash });
  return { name: `${client.name}.json`, text: JSON.stringify({ ...content, sha256: hash }) };
}

export function readClientFile(work: Work, bytes: Buffer): { content: ClientContent; sha256: string } {
  allow(work, 'client.change'); // before any of it is read: files of strangers are work
  const { sha256: told, ...content } = parse(bytes);
  if (content.format !== FORMAT) throw new Refusal('invalid', 'exchange.other-format', { format: FORMAT });
  if (told !== sha256(canonical(content))) throw new Refusal('invalid', 'exchange.altered');
  return { content: Content.parse(content), sha256: told };
}

function parse(bytes: Buffer): Record<string, unknown> & { sha256?: unknown } {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'), (_name, inner) => refuseBroken(inner));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (cause) {
    throw new Refusal('invalid', 'exchange.broken-json', {}, { cause });
  }
}

/** No record has text that a database cannot keep. */
function refuseBroken(value: unknown): unknown {
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
    throw new SyntaxError('text that nobody wrote');
  return value;
}
