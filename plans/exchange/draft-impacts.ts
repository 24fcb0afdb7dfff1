/** Impact points are parts of activities: the rows of that sheet become changes of these. */
import type { ActivityImpact } from '../activity-analysis.ts';
import { canonical } from '../canonical.ts';
import type { Problem } from './cell.ts';
import type { DraftRow, Step } from './drafted.ts';
import type { Known } from './known.ts';
import type { Token } from './names.ts';
import type { ReadRow } from './read-table.ts';
import type { ReferenceTo } from './sheets.ts';

type Point = ActivityImpact & { where?: string };

interface Context {
  known: Known;
  nameOf: (to: ReferenceTo, token: Token) => string;
  problems: Problem[];
}

/** `steps` are those of the other sheets: a step that adds or changes an activity takes its points along. */
export function draftImpacts(
  rows: ReadRow[],
  steps: Step[],
  context: Context,
): { rows: DraftRow[]; steps: Step[] } {
  const drafted: DraftRow[] = [];
  const more: Step[] = [];
  const points = new Map(
    context.known.activities.map(({ id, impacts }) => [id as Token, impacts as Point[]]),
  );
  const touched = new Map<Token, ReadRow>();
  const seen = new Map<string, ReadRow>();
  for (const row of rows) {
    if (!row.isSound) continue;
    const activity = row.values.activity as Token;
    const own = points.get(activity) ?? [];
    const drafting = draftPoint(row, own, seen, context);
    if (!drafting) continue;
    drafted.push(drafting.row);
    if (drafting.row.what === 'none') continue;
    points.set(activity, drafting.points);
    if (!touched.has(activity)) touched.set(activity, row);
  }
  for (const [activity, row] of touched) {
    const step = steps.find(({ of, token, id }) => of === 'activities' && (token ?? id) === activity);
    const impacts = points.get(activity)!;
    const places = Object.fromEntries(
      impacts.flatMap(({ where }, place) => (where ? [[`impacts.${place}`, where]] : [])),
    );
    const input = { impacts: impacts.map(({ where: _, ...impact }) => impact) };
    if (step) {
      Object.assign(step.input, input);
      Object.assign(step.places, places);
    } else
      more.push({
        of: 'activities',
        what: 'change',
        where: row.where,
        token: null,
        id: activity,
        input,
        places,
      });
  }
  return { rows: drafted, steps: more };
}

function draftPoint(
  row: ReadRow,
  own: Point[],
  seen: Map<string, ReadRow>,
  { problems, nameOf }: Context,
): { row: DraftRow; points: Point[] } | null {
  const { where, values } = row;
  const { activity, category, afterSeconds } = values as {
    activity: string;
    category: string;
    afterSeconds: number;
  };
  const key = `${activity} ${category} ${afterSeconds}`;
  const earlier = seen.get(key);
  if (earlier) {
    problems.push({ where, key: 'exchange.row-twice', params: { row: earlier.where } });
    return null;
  }
  seen.set(key, row);
  const before = own.find((point) => point.category === category && point.afterSeconds === afterSeconds);
  const rest = own.filter((point) => point !== before);
  const told = {
    sheet: 'impacts' as const,
    where,
    name: `${nameOf('activities', activity)} · ${nameOf('categories', category)}`,
  };
  if (row.isRemoved) {
    if (!before) {
      problems.push({ where: row.places.remove ?? where, key: 'exchange.nothing-to-remove', params: {} });
      return null;
    }
    return {
      row: {
        ...told,
        what: 'remove',
        differences: [{ column: 'afterSeconds', before: afterSeconds, after: null }],
      },
      points: rest,
    };
  }
  const after: Point = {
    category,
    afterSeconds,
    level: values.level as number,
    amount: 'amount' in values ? (values.amount as number | null) : (before?.amount ?? null),
    justification:
      'justification' in values ? (values.justification as string | null) : (before?.justification ?? null),
  };
  const differences = (['level', 'amount', 'justification'] as const)
    .filter((column) => canonical(before?.[column] ?? null) !== canonical(after[column] ?? null))
    .map((column) => ({ column, before: before?.[column] ?? null, after: after[column] ?? null }));
  const what = !before ? 'add' : differences.length > 0 ? 'change' : 'none';
  const moment = { column: 'afterSeconds', before: null, after: afterSeconds };
  return {
    row: { ...told, what, differences: what === 'add' ? [moment, ...differences] : differences },
    points: [...rest, { ...after, where }],
  };
}
