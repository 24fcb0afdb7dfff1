/** What changed between two texts, line by line: the longest run of lines that both have stays, the rest came or went. */
import { z } from 'zod';

export const LineChange = z.object({
  kind: z.enum(['same', 'removed', 'added']),
  lines: z.array(z.string()),
});
export type LineChange = z.infer<typeof LineChange>;

/** A table of so many places is filled in well under a second. Beyond it a text counts as written anew. */
const MOST_PLACES = 9_000_000;

export function lineChanges(before: readonly string[], after: readonly string[]): LineChange[] {
  const head = commonHead(before, after);
  const tail = commonHead(before.slice(head).toReversed(), after.slice(head).toReversed());
  const was = before.slice(head, before.length - tail);
  const is = after.slice(head, after.length - tail);
  return joined([
    { kind: 'same', lines: before.slice(0, head) },
    ...(was.length * is.length > MOST_PLACES ? writtenAnew(was, is) : alongCommon(was, is)),
    { kind: 'same', lines: before.slice(before.length - tail) },
  ]);
}

function commonHead(left: readonly string[], right: readonly string[]): number {
  const most = Math.min(left.length, right.length);
  let count = 0;
  while (count < most && left[count] === right[count]) count++;
  return count;
}

const writtenAnew = (was: string[], is: string[]): LineChange[] => [
  { kind: 'removed', lines: was },
  { kind: 'added', lines: is },
];

function alongCommon(was: readonly string[], is: readonly string[]): LineChange[] {
  const width = is.length + 1;
  const left = commonLeft(was, is);
  const changes: LineChange[] = [];
  let [from, to] = [0, 0];
  while (from < was.length || to < is.length) {
    if (from < was.length && to < is.length && was[from] === is[to]) {
      changes.push({ kind: 'same', lines: [was[from]!] });
      from++;
      to++;
    } else if (
      to === is.length ||
      (from < was.length && left[(from + 1) * width + to]! >= left[from * width + to + 1]!)
    )
      changes.push({ kind: 'removed', lines: [was[from++]!] });
    else changes.push({ kind: 'added', lines: [is[to++]!] });
  }
  return changes;
}

/** How many lines what is left of both texts has in common, from each pair of places on. */
function commonLeft(was: readonly string[], is: readonly string[]): Uint16Array {
  const width = is.length + 1;
  const left = new Uint16Array((was.length + 1) * width);
  for (let from = was.length - 1; from >= 0; from--)
    for (let to = is.length - 1; to >= 0; to--)
      left[from * width + to] =
        was[from] === is[to]
          ? left[(from + 1) * width + to + 1]! + 1
          : Math.max(left[(from + 1) * width + to]!, left[from * width + to + 1]!);
  return left;
}

function joined(changes: readonly LineChange[]): LineChange[] {
  const runs: LineChange[] = [];
  for (const { kind, lines } of changes) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.lines.push(...lines);
    else if (lines.length > 0) runs.push({ kind, lines: [...lines] });
  }
  return runs;
}
