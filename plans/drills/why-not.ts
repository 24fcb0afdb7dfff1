/** Why something does not come back in a drill: what is at the root of it, or the circle in which everything waits. */
import type { Reason } from '../facts.ts';
import { componentsOf, shortestCircle } from '../readiness/components.ts';
import type { Demand } from '../readiness/demands.ts';
import { unmet } from '../readiness/graph.ts';
import type { Ground, Path } from './path.ts';
import { because } from './reasons.ts';

/** `demands`: what is wanted, of assets. Empty when all of it comes back. */
export function whyNot(demands: readonly Demand[], path: Path, ground: Ground): Reason[] {
  const wanted = stuckIn(demands, path);
  if (wanted.length === 0) return [];
  const stuck = closure(wanted, path);
  const roots = stuck.flatMap((node) => rootOf(node, path, ground) ?? []);
  const reasons = roots.length > 0 ? roots : circleIn(stuck, path, ground);
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()].sort(byText);
}

const byText = (left: Reason, right: Reason) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1);

/** Of what too little comes back, that which does not. */
function stuckIn(demands: readonly Demand[], { settled }: Path): string[] {
  const there = new Set(settled.keys());
  return unmet(demands, there).flatMap(({ of }) => of.filter((one) => !there.has(one)));
}

function closure(wanted: string[], path: Path): string[] {
  const seen = new Set<string>();
  const open = [...wanted];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...stuckIn(path.demands.get(next) ?? [], path));
  }
  return [...seen].sort();
}

/** What a thing lacks that nothing else could bring; null when it only waits for others. */
function rootOf(node: string, path: Path, { graph, surviving, removed, setting }: Ground): Reason | null {
  const [kind, id = ''] = node.split(':');
  const asset = graph.assets.get(id);
  if (kind !== 'asset' || !asset) return null;
  const { name } = asset;
  if (removed.gone.has(id)) return because('drill.gone', { asset: name });
  const own = path.demands.get(node)!;
  if (own.some(({ of }) => of.length === 0))
    return surviving.get(id)?.reason ?? because('drill.no-copy', { asset: name });
  const waits = stuckIn(own, path);
  if (asset.kind === 'key' && waits.some((one) => one.startsWith('contact:')))
    return because('drill.key-lost', { asset: name, holders: contactsIn(waits, setting.facts) });
  const holders = waits
    .filter((one) => one.startsWith('point:'))
    .flatMap((point) => stuckIn(path.demands.get(point) ?? [], path))
    .filter((one) => one.startsWith('contact:'));
  return holders.length > 0 ? because('drill.key-holders-gone', { asset: name }) : null;
}

const contactsIn = (nodes: string[], { contacts }: Ground['setting']['facts']): string =>
  contacts
    .filter(({ id }) => nodes.includes(`contact:${id}`))
    .map(({ name }) => name)
    .join(', ');

function circleIn(stuck: string[], path: Path, ground: Ground): Reason[] {
  const next = (node: string) => stuckIn(path.demands.get(node) ?? [], path);
  return componentsOf(stuck, next)
    .filter((component) => component.length > 1 || next(component[0]!).includes(component[0]!))
    .map((component) => shortestCircle(component, next) ?? component)
    .map((circle) => because('drill.circle', { circle: namesIn(circle, ground).join(' › ') }));
}

/** Points are named after what they bring back, so they are left out. */
function namesIn(circle: string[], { graph, setting: { facts, stores } }: Ground): string[] {
  const names = circle.flatMap((node) => {
    const [kind, id] = node.split(':');
    const named = {
      asset: [...graph.assets.values()],
      store: stores,
      plan: facts.plans.map((plan) => ({ id: plan.id, name: plan.title })),
      contact: facts.contacts,
    }[kind as string];
    return named?.find((one) => one.id === id)?.name ?? [];
  });
  return [...names, names[0] ?? ''];
}
