/** Plans a drill: takes away what the scenario takes, and finds the way back from what is left, or says why there is none. */
import type { Reason } from '../facts.ts';
import { RESTORE_INTERVAL_DAYS } from '../readiness/compute-readiness.ts';
import type { Demand } from '../readiness/demands.ts';
import { byName, demandsFrom, graphOf, RECOVERY_EDGES } from '../readiness/graph.ts';
import { proofOf } from '../readiness/restore-proof.ts';
import { schedule } from '../readiness/schedule.ts';
import { secondsBetween } from '../readiness/time.ts';
import { type Timing, timingsOf } from '../readiness/timings.ts';
import { findPath, type Ground, type Path } from './path.ts';
import type { DrillPlan, PlannedActivity, PlannedItem } from './plan.ts';
import { because } from './reasons.ts';
import { removedBy } from './removed.ts';
import type { DrillAsked, DrillSetting } from './setting.ts';
import { survivingPoints } from './surviving-points.ts';
import { whyNot } from './why-not.ts';
import { type Task, type WorkOrder, workOrder } from './work-order.ts';

export function planDrill(asked: DrillAsked, setting: DrillSetting): DrillPlan {
  const { facts } = setting;
  const graph = graphOf(facts);
  const removed = removedBy(asked, setting, graph);
  const ground: Ground = {
    asked,
    setting,
    graph,
    removed,
    surviving: survivingPoints(asked, setting, removed),
  };
  const timings = timingsOf(facts, proofOf(facts), RESTORE_INTERVAL_DAYS);
  const path = findPath(ground, (asset) => timings.get(asset)!.seconds);

  const scope = byName(facts.activities).filter(({ id }) =>
    asked.activities === null ? removed.activities.has(id) : asked.activities.includes(id),
  );
  const wanted = scope.map((activity) => {
    const demands = demandsFrom(graph, `activity:${activity.id}`, RECOVERY_EDGES).map(ofAssets);
    const reasons = whyNot(demands, path, ground);
    return { activity, reasons, assets: reasons.length > 0 ? [] : neededOf(demands, path, removed.down) };
  });
  const needed = [...path.settled.keys()]
    .filter((node) => node.startsWith('asset:'))
    .map((node) => node.slice('asset:'.length))
    .filter((id) => wanted.some(({ assets }) => assets.includes(id)));
  const order = workOrder(needed, path, ground);
  const items = scheduled(order, { path, ground, timings });
  const activities = wanted.map(({ activity, reasons, assets }): PlannedActivity => {
    const own = items.filter(({ key }) => assets.some((asset) => order.ofAsset.get(asset)!.includes(key)));
    const hasPath = reasons.length === 0;
    return {
      id: activity.id,
      name: activity.name,
      rtoSeconds: activity.rtoSeconds,
      rpoSeconds: activity.rpoSeconds,
      hasPath,
      reasons,
      items: own.map(({ key }) => key),
      expectedSeconds: hasPath ? Math.max(0, ...own.map(({ endsAt }) => endsAt)) : null,
      lossSeconds: lossOf(own, facts.now),
    };
  });
  const { technicians, links } = facts.client;
  return {
    scenario: { id: asked.scenario.id, name: asked.scenario.name },
    compromisedAt: asked.compromisedAt,
    lost: byName([...graph.assets.values()])
      .filter(({ id }) => removed.down.has(id))
      .map(({ id, name, kind }) => ({
        id,
        name,
        kind,
        isHit: removed.hit.has(id),
        isGone: removed.gone.has(id),
      })),
    absent: byName(facts.contacts)
      .filter(({ id, hasLeft }) => removed.absent.has(id) && !hasLeft)
      .map(({ id, name }) => ({ id, name })),
    stores: byName(setting.stores).map(({ id, name }) => ({
      id,
      name,
      lostBy: removed.stores.get(id) ?? null,
    })),
    activities,
    items,
    expectedSeconds: Math.max(0, ...items.map(({ endsAt }) => endsAt)),
    technicians,
    links,
    caveats: caveatsOf(items, order, ground),
  };
}

const ofAssets = ({ of, enough }: Demand): Demand => ({ of: of.map((id) => `asset:${id}`), enough });

/** Assets that must be brought back: of stand-ins those that are back first. */
function neededOf(demands: Demand[], { settled }: Path, down: ReadonlySet<string>): string[] {
  const rank = new Map([...settled.keys()].map((node, index) => [node, index]));
  const open = demands.flatMap(({ of, enough }) =>
    of
      .filter((node) => rank.has(node))
      .toSorted((left, right) => rank.get(left)! - rank.get(right)!)
      .slice(0, enough),
  );
  const seen = new Set<string>();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...settled.get(node)!.chosen);
  }
  return [...seen]
    .filter((node) => node.startsWith('asset:'))
    .map((node) => node.slice('asset:'.length))
    .filter((id) => down.has(id));
}

interface Known {
  path: Path;
  ground: Ground;
  timings: Map<string, Timing>;
}

function scheduled(order: WorkOrder, known: Known): PlannedItem[] {
  const { technicians, links } = known.ground.setting.facts.client;
  const items = order.tasks.map((task) => itemOf(task, known));
  const times = schedule(
    items.map(({ key, seconds, resource, after }) => ({ id: key, seconds: seconds ?? 0, resource, after })),
    { technician: technicians, link: links },
  );
  return items
    .map((item) => ({
      ...item,
      startsAt: times.get(item.key)!.startsAt,
      endsAt: times.get(item.key)!.endsAt,
    }))
    .sort((left, right) => left.startsAt - right.startsAt || left.endsAt - right.endsAt);
}

function itemOf(task: Task, known: Known): Omit<PlannedItem, 'startsAt' | 'endsAt'> {
  const { ground, timings } = known;
  const { key, kind, asset, step } = task;
  const timing = asset && timings.get(asset.id);
  const isTimed = timing && timing.standing !== 'untimed' && timing.standing !== 'unmeasured';
  return {
    key,
    kind,
    name: step ? step.step.action : asset!.name,
    asset: asset && { id: asset.id, name: asset.name },
    point: task.point === null ? null : pointOf(task.point, ground),
    step: step && {
      plan: { id: step.plan.id, name: step.plan.title },
      version: step.plan.inForce!.id,
      key: step.step.key,
    },
    ...peopleFor(task, ground),
    resource: step ? step.step.resource : timing!.resource,
    seconds: step ? step.step.p50Seconds : isTimed ? timing.seconds : null,
    isMeasured: step === null && timing?.standing === 'measured',
    after: [...task.after],
  };
}

function pointOf(id: string, { setting: { facts, stores, places } }: Ground): PlannedItem['point'] {
  const { dataTime } = facts.recoveryPoints.find((point) => point.id === id)!;
  const store = stores.find((one) => one.id === places.get(id)!.store)!;
  return { id, dataTime, store: store.name };
}

/** Whoever leads by it and is there; of what no runbook has, whoever holds it. */
function peopleFor(
  { step, asset }: Task,
  { setting, removed }: Ground,
): Pick<PlannedItem, 'role' | 'contacts'> {
  const { facts } = setting;
  const led = step && setting.stepRoles.get(`${step.plan.id} ${step.step.key}`);
  const role = facts.crisisRoles.find(({ id }) => id === led) ?? null;
  const named = step
    ? (role?.holders.toSorted((left, right) => left.rank - right.rank).map(({ contact }) => contact) ?? [])
    : [asset!.holder, asset!.deputy].filter((id) => id !== null);
  const there = named.filter((id) => !removed.absent.has(id));
  return {
    role: role?.name ?? step?.step.role ?? null,
    contacts: there.flatMap((id) => {
      const contact = facts.contacts.find((one) => one.id === id);
      return contact ? { id, name: contact.name } : [];
    }),
  };
}

const lossOf = (items: PlannedItem[], now: string): number | null => {
  const ages = items.flatMap(({ point }) => (point ? secondsBetween(point.dataTime, now) : []));
  return ages.length === 0 ? null : Math.max(...ages);
};

function caveatsOf(
  items: PlannedItem[],
  { caveats }: WorkOrder,
  { asked, surviving, setting }: Ground,
): Reason[] {
  const restored = items.filter(({ kind }) => kind === 'restore');
  const openTo = ({ asset, point }: PlannedItem) =>
    surviving.get(asset!.id)!.candidates.find((one) => one.point === point!.id)!;
  return [
    ...caveats,
    ...restored
      .filter((item) => asked.compromisedAt !== null && !openTo(item).isLocked)
      .map(({ asset, point }) =>
        because('drill.copy-not-locked', { asset: asset!.name, store: point!.store }),
      ),
    ...restored
      .filter((item) => setting.facts.recoveryKeys.length > 0 && openTo(item).openedBy.length === 0)
      .map(({ asset }) => because('drill.key-without-holder', { asset: asset!.name })),
    ...items
      .filter(({ seconds }) => seconds === null)
      .map(({ name }) => because('drill.no-time-known', { item: name })),
  ];
}
