/** What has to be done to bring assets back, and after what: restores by machines, steps of runbooks by people. */
import type { StepFacts } from '../continuity-facts.ts';
import type { AssetFacts, PlanFacts, Reason } from '../facts.ts';
import { byName } from '../readiness/graph.ts';
import { isRestorable } from '../readiness/timings.ts';
import type { Ground, Path } from './path.ts';
import { because } from './reasons.ts';

/** One thing to do, before anybody knows when. */
export interface Task {
  key: string;
  kind: 'restore' | 'step' | 'rebuild';
  asset: AssetFacts | null;
  point: string | null;
  step: { plan: PlanFacts; step: StepFacts } | null;
  after: Set<string>;
}

export interface WorkOrder {
  /** Each after those it waits for. */
  tasks: Task[];
  /** Tasks that bring an asset back, by asset. */
  ofAsset: Map<string, string[]>;
  /** A runbook that would have something done before what it needs. */
  caveats: Reason[];
}

/** `needed`: assets that are down and wanted, each after those it waits for. */
export function workOrder(needed: string[], path: Path, ground: Ground): WorkOrder {
  const { graph } = ground;
  const tasks = new Map<string, Task>();
  const ofAsset = new Map<string, string[]>();
  const stepKey = new Map<string, string>();
  const assets = needed.map((id) => graph.assets.get(id)!);
  const add = (task: Omit<Task, 'after'>) => tasks.set(task.key, { ...task, after: new Set() });

  for (const asset of assets) {
    const { id } = asset;
    const plan = planFor(id, path, ground);
    const steps = plan?.inForce?.steps.filter((step) => step.asset === id) ?? [];
    const point = path.points.get(id) ?? null;
    if (point) {
      add({ key: `restore:${id}`, kind: 'restore', asset, point, step: null });
      ofAsset.set(id, [`restore:${id}`]);
      for (const step of steps) stepKey.set(`${plan!.id} ${step.key}`, `restore:${id}`);
    } else if (steps.length > 0) {
      for (const step of steps) {
        const key = keyOf(plan!, step);
        add({ key, kind: 'step', asset, point: null, step: { plan: plan!, step } });
        stepKey.set(`${plan!.id} ${step.key}`, key);
      }
      ofAsset.set(
        id,
        steps.map((step) => keyOf(plan!, step)),
      );
    } else if (isRestorable(asset) || asset.kind === 'equipment') {
      add({ key: `rebuild:${id}`, kind: 'rebuild', asset, point: null, step: null });
      ofAsset.set(id, [`rebuild:${id}`]);
    } else ofAsset.set(id, []);
  }
  for (const plan of plansOf(needed, path, ground)) addStepsBefore(plan, tasks, stepKey);

  for (const { id } of assets)
    for (const before of tasksBefore(id, path, ofAsset))
      for (const key of ofAsset.get(id)!) tasks.get(key)!.after.add(before);
  const caveats = plansOf(needed, path, ground).flatMap((plan) => orderByRunbook(plan, tasks, stepKey));
  return { tasks: inOrder(reduced(tasks)), ofAsset, caveats };
}

const keyOf = (plan: PlanFacts, step: StepFacts) => `step:${plan.id.slice(0, 8)}:${step.key}`;

/** The plan that is at hand for an asset. */
function planFor(asset: string, { settled }: Path, { setting }: Ground): PlanFacts | null {
  const chosen = settled.get(`asset:${asset}`)?.chosen.find((node) => node.startsWith('plan:'));
  return setting.facts.plans.find(({ id }) => `plan:${id}` === chosen) ?? null;
}

const plansOf = (needed: string[], path: Path, ground: Ground): PlanFacts[] =>
  byName(
    [...new Set(needed.flatMap((id) => planFor(id, path, ground) ?? []))].map((plan) => ({
      ...plan,
      name: plan.title,
    })),
  );

/** Steps that the runbook has before those that are wanted: to decide, to isolate, to warn. */
function addStepsBefore(plan: PlanFacts, tasks: Map<string, Task>, stepKey: Map<string, string>) {
  const steps = new Map((plan.inForce?.steps ?? []).map((step) => [step.key, step]));
  const open = [...steps.keys()].filter((key) => stepKey.has(`${plan.id} ${key}`));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const step = steps.get(next)!;
    if (!stepKey.has(`${plan.id} ${next}`)) {
      const key = keyOf(plan, step);
      tasks.set(key, { key, kind: 'step', asset: null, point: null, step: { plan, step }, after: new Set() });
      stepKey.set(`${plan.id} ${next}`, key);
    }
    open.push(
      ...step.after.map(({ key }) => key).filter((key) => steps.has(key) && !isSeen(plan, key, stepKey)),
    );
  }
}

const isSeen = ({ id }: PlanFacts, key: string, stepKey: Map<string, string>) => stepKey.has(`${id} ${key}`);

/** What brings back that which an asset waits for, through all that takes no doing itself. */
function tasksBefore(asset: string, { settled }: Path, ofAsset: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open = [...(settled.get(`asset:${asset}`)?.chosen ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const own = node.startsWith('asset:') ? ofAsset.get(node.slice('asset:'.length)) : undefined;
    if (own && own.length > 0) for (const key of own) found.add(key);
    else open.push(...(settled.get(node)?.chosen ?? []));
  }
  return found;
}

/** What needs what comes first; where the runbook says the opposite, its order is told and not kept. */
function orderByRunbook(plan: PlanFacts, tasks: Map<string, Task>, stepKey: Map<string, string>): Reason[] {
  const caveats: Reason[] = [];
  for (const step of plan.inForce?.steps ?? []) {
    const key = stepKey.get(`${plan.id} ${step.key}`);
    if (!key) continue;
    for (const { key: earlier } of step.after) {
      const before = stepKey.get(`${plan.id} ${earlier}`);
      if (!before || before === key) continue;
      if (!waitsFor(before, key, tasks)) tasks.get(key)!.after.add(before);
      else caveats.push(because('drill.order-contradicts', { before: earlier, after: step.key }));
    }
  }
  return caveats;
}

/** Whether one waits for the other, by whatever way. */
function waitsFor(one: string, other: string, tasks: Map<string, Task>): boolean {
  const seen = new Set<string>();
  const open = [one];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === other) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...tasks.get(next)!.after);
  }
  return false;
}

/** Without what follows from the rest, so that people see what a thing really waits for. */
function reduced(tasks: Map<string, Task>): Map<string, Task> {
  return new Map(
    [...tasks].map(([key, task]) => {
      const after = [...task.after].filter(
        (one) => ![...task.after].some((other) => other !== one && waitsFor(other, one, tasks)),
      );
      return [key, { ...task, after: new Set(after) }];
    }),
  );
}

function inOrder(tasks: Map<string, Task>): Task[] {
  const done = new Set<string>();
  const ordered: Task[] = [];
  const visit = (task: Task) => {
    if (done.has(task.key)) return;
    done.add(task.key);
    for (const before of task.after) visit(tasks.get(before)!);
    ordered.push(task);
  };
  for (const task of tasks.values()) visit(task);
  return ordered;
}
