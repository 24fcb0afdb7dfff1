/**
 * Groups of needs that stand in for each other: of what one activity or asset needs, so many are enough. All needs of a
 * group say the same number, and a group never asks for more than it has.
 */
import { conflict, invalid } from './errors.ts';
import type { Work } from './work.ts';

interface Needing {
  kind: 'activity' | 'asset';
  id: string;
}

export interface Group {
  client: string;
  from: Needing;
  group: string;
}

/** Nobody else changes what this activity or asset needs until the work has ended. */
export async function lockNeeding({ db }: Work, { kind, id }: Needing): Promise<void> {
  await db
    .selectFrom(kind === 'activity' ? 'activities' : 'assets')
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .execute();
}

/** How many are enough: what is asked for, written to the whole group, or what the group has, or one. */
export async function keepRequired(work: Work, of: Group, wanted: number | null): Promise<number> {
  const [known] = await needsOf(work, of).limit(1).execute();
  if (wanted === null) return known?.required_k ?? 1;
  if (known && known.required_k !== wanted)
    await work.db
      .updateTable('dependencies')
      .set({ required_k: wanted, confirmed_at: null, confirmed_by: null })
      .where('client_id', '=', of.client)
      .where(columnOf(of), '=', of.from.id)
      .where('group_name', '=', of.group)
      .execute();
  return wanted;
}

/** After something came into a group, or its number was changed. */
export async function refuseTooFew(work: Work, of: Group): Promise<void> {
  const { count, required } = await countOf(work, of);
  if (required > count)
    throw invalid('requiredK', 'dependency.too-few', { group: of.group, count, required });
}

/** After something went out of a group. One that is empty asks for nothing. */
export async function refuseLeavingTooFew(work: Work, of: Group): Promise<void> {
  const { count, required } = await countOf(work, of);
  if (count > 0 && required > count)
    throw conflict('dependency.leaves-too-few', { group: of.group, count, required });
}

/** Two needs of the same asset, hard and for its data, are one that can stand in. */
async function countOf(work: Work, of: Group): Promise<{ count: number; required: number }> {
  const rows = await needsOf(work, of).execute();
  return {
    count: new Set(rows.map(({ to_asset_id }) => to_asset_id)).size,
    required: Math.max(0, ...rows.map(({ required_k }) => required_k ?? 1)),
  };
}

const needsOf = ({ db }: Work, of: Group) =>
  db
    .selectFrom('dependencies')
    .select(['to_asset_id', 'required_k'])
    .where('client_id', '=', of.client)
    .where(columnOf(of), '=', of.from.id)
    .where('group_name', '=', of.group);

const columnOf = ({ from }: Group) =>
  from.kind === 'activity' ? ('from_activity_id' as const) : ('from_asset_id' as const);
