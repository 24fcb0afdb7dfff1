/** What changed between two studies, activity by activity. */
import { z } from 'zod';
import type { NewActivity } from './activities.ts';
import { canonical } from './canonical.ts';
import type { Studied, StudiedActivity } from './study-content.ts';

const Value = z.union([z.string(), z.number(), z.boolean()]).nullable();
type Value = z.infer<typeof Value>;

export const StudyDifference = z
  .object({
    activity: z.object({ id: z.uuid(), name: z.string() }),
    change: z.enum(['added', 'removed', 'changed']),
    field: z
      .string()
      .nullable()
      .describe('For example `mtpdSeconds` or `impacts.level`; null for a whole one'),
    of: z.string().nullable().describe('Category, resource or period that the field belongs to'),
    afterSeconds: z.int().nullable().describe('Place in time of an impact or a resource'),
    before: Value,
    after: Value,
  })
  .meta({ id: 'StudyDifference' });
export type StudyDifference = z.infer<typeof StudyDifference>;

/** A field of one row, by a key that is the same in both studies. */
interface Told extends Pick<StudyDifference, 'field' | 'of' | 'afterSeconds'> {
  key: string;
  value: Value;
}

const PLAIN = [
  'name',
  'owner',
  'description',
  'isPriority',
  'calendar',
  'mtpdSeconds',
  'derivedMtpdSeconds',
  'mtpdReason',
  'criticality',
  'rtoSeconds',
  'wrtSeconds',
  'rpoSeconds',
  'rpoTargetSeconds',
  'mbco',
  'mbcoPercent',
] as const satisfies readonly (keyof StudiedActivity)[];

/** In the order of the later names. An activity is the same by its id, whatever it is called. */
export function compareStudies(before: Studied, after: Studied): StudyDifference[] {
  const earlier = new Map(before.activities.map((activity) => [activity.id, activity]));
  const later = new Map(after.activities.map((activity) => [activity.id, activity]));
  return [...new Map([...earlier, ...later]).values()]
    .toSorted((left, right) => left.name.localeCompare(right.name, 'fr'))
    .flatMap(({ id, name }) => {
      const [was, is] = [earlier.get(id), later.get(id)];
      const activity = { id, name };
      if (was && is) return differencesOf(activity, tell(was, before), tell(is, after));
      return [{ activity, change: is ? 'added' : 'removed', ...NOTHING }];
    });
}

/** Whether both say the same, scales included. */
export const isSameStudied = (left: Studied, right: Studied): boolean =>
  canonical(pick(left)) === canonical(pick(right));

const pick = ({ scales, activities }: Studied): Studied => ({ scales, activities });

const NOTHING = { field: null, of: null, afterSeconds: null, before: null, after: null } as const;

function differencesOf(
  activity: StudyDifference['activity'],
  before: Told[],
  after: Told[],
): StudyDifference[] {
  const earlier = new Map(before.map((told) => [told.key, told]));
  const later = new Map(after.map((told) => [told.key, told]));
  return [...new Map([...earlier, ...later]).values()].flatMap(({ key, field, of, afterSeconds }) => {
    const [was, is] = [earlier.get(key)?.value ?? null, later.get(key)?.value ?? null];
    return was === is
      ? []
      : [{ activity, change: 'changed' as const, field, of, afterSeconds, before: was, after: is }];
  });
}

/** All that a study says of an activity, in the order in which it is read. */
function tell(activity: StudiedActivity, { scales, activities }: Studied): Told[] {
  const plain = PLAIN.map((field) => told(field, activity[field]));
  const parent = activities.find(({ id }) => id === activity.parent)?.name ?? null;
  return [
    ...plain.slice(0, 1),
    told('parent', parent),
    ...plain.slice(1),
    ...activity.peakPeriods.flatMap(({ name, from, to }) => [
      told('peakPeriods.from', from, name),
      told('peakPeriods.to', to, name),
    ]),
    ...activity.impacts.flatMap((point) => tellImpact(point, scales)),
    ...activity.resources.map(({ kind, name, afterSeconds, quantity }) => ({
      ...told('resources.quantity', quantity, name, afterSeconds),
      key: `resources ${afterSeconds} ${kind} ${name}`,
    })),
  ];
}

function tellImpact(
  { category, afterSeconds, level, amount, justification }: NewActivity['impacts'][number],
  scales: Studied['scales'],
): Told[] {
  const name = scales.find(({ id }) => id === category)?.name ?? null;
  return Object.entries({ level, amount, justification }).map(([field, value]) => ({
    ...told(`impacts.${field}`, value, name, afterSeconds),
    key: `impacts.${field} ${category} ${afterSeconds}`,
  }));
}

const told = (
  field: string,
  value: Value,
  of: string | null = null,
  afterSeconds: number | null = null,
): Told => ({
  key: `${field} ${of ?? ''} ${afterSeconds ?? ''}`,
  field,
  of,
  afterSeconds,
  value,
});
