/** Whether the logs are kept that make a physical backup whole: without them it does not start, and verify says nothing of it. */

/** Timeline, log, segment, each of eight figures; then the hash of its content. */
const SEGMENT = /(?:^|\/)([0-9A-F]{24})-[0-9a-f]{40}/;
const LOG = 16;

/** What is missing of them, or null. */
export async function missingLogs(
  { start, stop }: { start: string | null; stop: string | null },
  list: () => Promise<string[]>,
): Promise<string | null> {
  if (start === null || stop === null) return null;
  const kept = (await list())
    .flatMap((line) => SEGMENT.exec(line)?.[1] ?? [])
    .filter((segment) => segment >= start && segment <= stop)
    .sort();
  for (const end of [start, stop])
    if (!kept.includes(end)) return `log ${end} is not there: without it the backup cannot be made whole`;
  const gap = kept.findIndex((segment, at) => at > 0 && !follows(kept[at - 1]!, segment));
  return gap < 0 ? null : `logs between ${kept[gap - 1]} and ${kept[gap]} are not there`;
}

/** The next of the same log, or the first of the next one: how many segments a log has depends on their size. */
function follows(before: string, segment: string): boolean {
  if (before.slice(0, LOG) === segment.slice(0, LOG)) return last(segment) === last(before) + 1;
  const [log, next] = [before, segment].map((one) => Number.parseInt(one.slice(8, LOG), 16));
  return before.slice(0, 8) === segment.slice(0, 8) && next === log! + 1 && last(segment) === 0;
}

const last = (segment: string) => Number.parseInt(segment.slice(LOG), 16);
