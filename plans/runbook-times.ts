/** How long a runbook takes as its steps say, when everything that can be done at once is. */

export interface TimedStep {
  key: string;
  p50Seconds: number | null;
  p90Seconds: number | null;
  after: readonly { key: string; lagSeconds: number }[];
}

export interface RunbookTimes {
  /** Along the chain that takes longest; 0 for a runbook without steps. */
  p50Seconds: number;
  /** Were every step of its longest chain as slow as in one case of ten: more than one case of ten of the whole. */
  p90Seconds: number;
  /** Keys of the chain that takes longest in the usual case, first to last. */
  chain: string[];
  /** Keys of steps that say nothing: the times are then the least it can take. */
  withoutTime: string[];
  /** Of each step, in their order: seconds from the start until it can begin, in the usual case. */
  beginsAfter: number[];
}

/** Along the longest chain. The steps are in no circle; a key that no step has is waited for by nobody. */
export function runbookTimes(steps: readonly TimedStep[]): RunbookTimes {
  const usual = ends(steps, ({ p50Seconds }) => p50Seconds ?? 0);
  const slow = ends(steps, ({ p50Seconds, p90Seconds }) => p90Seconds ?? p50Seconds ?? 0);
  return {
    p50Seconds: latest(usual)?.at ?? 0,
    p90Seconds: latest(slow)?.at ?? 0,
    chain: chainTo(latest(usual), usual),
    withoutTime: steps.filter(({ p50Seconds }) => p50Seconds === null).map(({ key }) => key),
    beginsAfter: steps.map(({ key, p50Seconds }) => usual.get(key)!.at - (p50Seconds ?? 0)),
  };
}

interface End {
  key: string;
  at: number;
  /** The step that it waited for last. */
  from: string | null;
}

function ends(steps: readonly TimedStep[], secondsOf: (step: TimedStep) => number): Map<string, End> {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const found = new Map<string, End>();
  for (const step of inOrder(steps, byKey)) {
    const waited = step.after
      .filter(({ key }) => byKey.has(key))
      .map(({ key, lagSeconds }) => ({ key, at: found.get(key)!.at + lagSeconds }));
    const last = latest(waited);
    found.set(step.key, { key: step.key, at: (last?.at ?? 0) + secondsOf(step), from: last?.key ?? null });
  }
  return found;
}

/** Each after all that it waits for. */
function inOrder(steps: readonly TimedStep[], byKey: ReadonlyMap<string, TimedStep>): TimedStep[] {
  const ordered = new Set<TimedStep>();
  const trail: TimedStep[] = [];
  for (const step of steps) {
    trail.push(step);
    while (trail.length > 0) {
      const here = trail.at(-1)!;
      const before = here.after.map(({ key }) => byKey.get(key)).find((one) => one && !ordered.has(one));
      if (before) {
        trail.push(before);
        continue;
      }
      ordered.add(here);
      trail.pop();
    }
  }
  return [...ordered];
}

const latest = <Ended extends { at: number }>(ended: Iterable<Ended> | Map<string, Ended>): Ended | null => {
  let last: Ended | null = null;
  for (const one of ended instanceof Map ? ended.values() : ended)
    if (last === null || one.at > last.at) last = one;
  return last;
};

function chainTo(end: End | null, found: ReadonlyMap<string, End>): string[] {
  const chain: string[] = [];
  for (let here = end; here; here = here.from === null ? null : found.get(here.from)!)
    chain.unshift(here.key);
  return chain;
}
