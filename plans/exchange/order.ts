/** In which order steps are taken: what others refer to comes first, and goes last. */
import type { Step } from './drafted.ts';
import type { Known } from './known.ts';
import { isToken } from './resolve.ts';

/**
 * Needs go before what they lead to goes; sites, assets and activities are changed, then added, and then what needs what.
 * Something that refers to what another step adds comes after it.
 */
export function inOrder(steps: Step[], known: Pick<Known, 'dependencies'>): Step[] {
  const of = (what: Step['what'], ...sheets: Step['of'][]) =>
    sheets.flatMap((sheet) => steps.filter((step) => step.what === what && step.of === sheet));
  return [
    ...of('remove', 'dependencies'),
    ...afterTheirTokens([
      ...of('change', 'sites', 'assets', 'activities'),
      ...of('add', 'sites', 'assets', 'activities'),
    ]),
    ...of('add', 'dependencies'),
    ...leaveNumbersToTheLast(of('change', 'dependencies'), known),
    ...of('remove', 'activities', 'assets', 'sites'),
  ];
}

/** Each after the steps that add what it refers to. What waits for itself comes last, to be refused there. */
function afterTheirTokens(steps: Step[]): Step[] {
  const adding = new Map(steps.flatMap((step) => (step.token ? [[step.token, step]] : [])));
  const done = new Set<Step>();
  const visit = (step: Step, trail: Set<Step>) => {
    if (done.has(step) || trail.has(step)) return;
    for (const token of tokensIn(step.input)) {
      const needed = adding.get(token);
      if (needed) visit(needed, new Set(trail).add(step));
    }
    done.add(step);
  };
  for (const step of steps) visit(step, new Set());
  return [...done];
}

export const tokensIn = (value: unknown): string[] =>
  isToken(value)
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(tokensIn)
      : [];

/** While a group fills up it may be smaller than the number that it asks for in the end: the last that joins says it. */
function leaveNumbersToTheLast(steps: Step[], { dependencies }: Pick<Known, 'dependencies'>): Step[] {
  const fromOf = new Map(dependencies.map(({ id, from }) => [id, from.id]));
  const groupOf = ({ id, input: { group } }: Step) => (group ? `${fromOf.get(id!)} ${group}` : null);
  const last = new Map(steps.flatMap((step) => (groupOf(step) ? [[groupOf(step)!, step]] : [])));
  return steps.map((step) => {
    const group = groupOf(step);
    const isLast = group === null || last.get(group) === step;
    return isLast ? step : { ...step, input: { ...step.input, requiredK: null } };
  });
}
