/** Labels of assets: their names in stores and on the command line. Once given, a label stays and is given to no other. */
import { conflict } from './errors.ts';
import type { Work } from './work.ts';

/** The label that somebody chose, or one made from the name: the first of its kind that is free. */
export async function labelFor(
  work: Work,
  client: string,
  { name, label }: { name: string; label?: string | null | undefined },
): Promise<string> {
  const wanted = label ?? labelFrom(name);
  const taken = await labelsLike(work, client, wanted);
  if (!taken.has(wanted)) return wanted;
  if (label) throw conflict('asset.label-taken', { label });
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

/** A name made fit for a store: without accents, in small letters, with dashes. */
export function labelFrom(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|(?<!-)-+$/g, '')
      .slice(0, 60) || 'asset'
  );
}

async function labelsLike({ db }: Work, client: string, start: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('assets')
    .select('label')
    .where('client_id', '=', client)
    .where((row) => row.fn('starts_with', ['label', row.val(start)]))
    .limit(10_000)
    .execute();
  return new Set(rows.map(({ label }) => label));
}
