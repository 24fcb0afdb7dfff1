/** How long it takes until everybody in a call tree is reached: when all answer at once, and when each answers at the last try. */

/** Of a call that is answered: to say who calls and why, and to have it said back. */
export const CALL_SECONDS = 120;

export interface TimedCall {
  key: string;
  calledBy: string | null;
  timeoutSeconds: number;
  fallback: string | null;
  /** Who can be tried one after the other: a holder and the deputies. */
  people: number;
}

export interface ReachTimes {
  bestSeconds: number;
  worstSeconds: number;
}

/**
 * Until all are reached, and until each is. Whoever was reached calls one after the other, in the order of the tree. Who is only
 * a fallback is called in place of somebody, and reached when they would have been.
 */
export function callTreeTimes(
  calls: readonly TimedCall[],
): ReachTimes & { reached: Map<string, ReachTimes> } {
  const byKey = new Map(calls.map((call) => [call.key, call]));
  const callees = Map.groupBy(
    calls.filter((call) => !isStandIn(call, calls)),
    ({ calledBy }) => calledBy,
  );
  const reached = new Map<string, ReachTimes>();
  const open: { caller: string | null; at: ReachTimes }[] = [
    { caller: null, at: { bestSeconds: 0, worstSeconds: 0 } },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    let { bestSeconds, worstSeconds } = next.at;
    for (const call of callees.get(next.caller) ?? []) {
      bestSeconds += CALL_SECONDS;
      worstSeconds += triesOf(call, byKey) + CALL_SECONDS;
      for (const { key } of [call, ...standInsOf(call, calls, byKey)]) {
        if (reached.has(key)) continue;
        reached.set(key, { bestSeconds, worstSeconds });
        open.push({ caller: key, at: { bestSeconds, worstSeconds } });
      }
    }
  }
  const all = [...reached.values()];
  return {
    bestSeconds: Math.max(0, ...all.map((one) => one.bestSeconds)),
    worstSeconds: Math.max(0, ...all.map((one) => one.worstSeconds)),
    reached,
  };
}

/** Nobody calls them but in place of somebody. */
export const isStandIn = (
  { key, calledBy }: Pick<TimedCall, 'key' | 'calledBy'>,
  calls: readonly Pick<TimedCall, 'fallback'>[],
): boolean => calledBy === null && calls.some(({ fallback }) => fallback === key);

/** Everybody who can be tried, each as long as one waits, and then whoever is called instead. The keys are in no circle. */
function triesOf(call: TimedCall, byKey: ReadonlyMap<string, TimedCall>): number {
  let seconds = 0;
  for (let here: TimedCall | undefined = call; here; here = byKey.get(here.fallback ?? ''))
    seconds += here.timeoutSeconds * Math.max(1, here.people);
  return seconds;
}

function standInsOf(
  call: TimedCall,
  calls: readonly TimedCall[],
  byKey: ReadonlyMap<string, TimedCall>,
): TimedCall[] {
  const found: TimedCall[] = [];
  for (let here = byKey.get(call.fallback ?? ''); here; here = byKey.get(here.fallback ?? ''))
    if (isStandIn(here, calls)) found.push(here);
  return found;
}
