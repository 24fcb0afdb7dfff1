/** Recovery deadlocks: what cannot come back because it waits for itself, or because nothing is left to come back from. */
import type { ScenarioFacts } from '../continuity-facts.ts';
import type { ClientFacts, Reason } from '../facts.ts';
import { breaksOf } from './breaks.ts';
import { type ComeBack, comeBackFrom, type Node } from './come-back.ts';
import { componentsOf, shortestCircle } from './components.ts';
import { byName, demandsFrom, type Graph, RECOVERY_EDGES } from './graph.ts';
import type { Deadlock, DeadlockLink } from './readiness.ts';
import { because } from './reasons.ts';

/** Those of every scenario that was retained; one that several scenarios share is one. */
export function deadlocksOf(facts: ClientFacts, graph: Graph): Deadlock[] {
  const found = new Map<string, Deadlock>();
  for (const scenario of byName(facts.scenarios.filter(({ state }) => state === 'retained')))
    for (const deadlock of deadlocksIn(scenario, facts, graph)) {
      const key = deadlock.circle
        .map(({ kind, id }) => `${kind}:${id}`)
        .sort()
        .join(' ');
      const known = found.get(key);
      found.set(key, known ? joined(known, deadlock) : deadlock);
    }
  return [...found.values()];
}

/** Each deadlock with its smallest circle. What only waits for one is counted with it and not named apart. */
export function deadlocksIn(scenario: ScenarioFacts, facts: ClientFacts, graph: Graph): Deadlock[] {
  const comeBack = comeBackFrom(scenario, facts, graph);
  const { stuck, down } = comeBack;
  const waitsFor = (node: Node) => stuck.get(node) ?? [];
  const nodes = inOrder([...stuck.keys()], facts);
  const waitedBy = turned(stuck);
  return componentsOf(nodes, (node) => waitsFor(node as Node))
    .filter((component) => isCause(component as Node[], waitsFor))
    .flatMap((component) => {
      const held = heldBy(component as Node[], waitedBy);
      if (![...held].some((node) => isDown(node, down))) return [];
      const within = new Set(component);
      const members = nodes.filter((node) => within.has(node));
      const circle = (shortestCircle(members, (node) => waitsFor(node as Node)) ?? members) as Node[];
      return [deadlockOf(circle, { scenario, facts, graph, comeBack, held })];
    })
    .sort((left, right) => (namesIn(left) < namesIn(right) ? -1 : 1));
}

/** What a deadlock is, in words. */
export function deadlockReason({ isCircle, circle, scenarios: of }: Deadlock): Reason {
  const scenarios = of.map(({ name }) => name).join(', ');
  if (isCircle) return because('readiness.recovery-deadlock', { circle: told(circle), scenarios });
  const { kind, name: asset } = circle[0]!;
  if (kind === 'copies') return because('readiness.no-copy-left', { asset, scenarios });
  return because('readiness.nobody-has-key', { asset, scenarios });
}

/** The names of a circle, in the order of waiting, the first again at the end. */
function told(circle: readonly DeadlockLink[]): string {
  const named = circle.filter(({ kind }) => kind !== 'store' && kind !== 'copies').map(({ name }) => name);
  return [...named, named[0]].join(' › ');
}

const namesIn = ({ circle }: Deadlock) =>
  circle.map(({ name, kind, id }) => `${name} ${kind} ${id}`).join(' ');

interface Found {
  scenario: ScenarioFacts;
  facts: ClientFacts;
  graph: Graph;
  comeBack: ComeBack;
  held: Set<Node>;
}

function deadlockOf(nodes: Node[], { scenario, facts, graph, comeBack, held }: Found): Deadlock {
  const circle = nodes.map((node) => linkOf(node, facts));
  const isCircle = comeBack.stuck.get(nodes.at(-1)!)!.includes(nodes[0]!);
  return {
    scenarios: [{ id: scenario.id, name: scenario.name }],
    isCircle,
    circle,
    assets: byName([...graph.assets.values()].filter(({ id }) => held.has(`asset:${id}`))).map(
      ({ id }) => id,
    ),
    activities: byName(facts.activities)
      .filter(({ id }) => comeBack.activities.has(id) && isHeld(id, graph, comeBack, held))
      .map(({ id }) => id),
    breaks: breaksOf({ circle, isCircle }, facts).map(({ reason }) => reason),
  };
}

/** An activity is held when too few of what it demands come back, and one of those is held here. */
const isHeld = (activity: string, graph: Graph, { stuck }: ComeBack, held: Set<Node>): boolean =>
  demandsFrom(graph, `activity:${activity}`, RECOVERY_EDGES).some(
    ({ of, enough }) =>
      of.filter((id) => !stuck.has(`asset:${id}`)).length < enough &&
      of.some((id) => held.has(`asset:${id}`)),
  );

/** It waits for itself, whatever else it waits for; or for nothing at all, since there is nothing. */
const isCause = (component: Node[], waitsFor: (node: Node) => Node[]): boolean =>
  component.length > 1 ||
  waitsFor(component[0]!).length === 0 ||
  waitsFor(component[0]!).includes(component[0]!);

function heldBy(component: Node[], waitedBy: Map<Node, Node[]>): Set<Node> {
  const held = new Set<Node>();
  const open = [...component];
  for (let next = open.pop(); next; next = open.pop()) {
    if (held.has(next)) continue;
    held.add(next);
    open.push(...(waitedBy.get(next) ?? []));
  }
  return held;
}

function turned(stuck: Map<Node, Node[]>): Map<Node, Node[]> {
  const waitedBy = new Map<Node, Node[]>([...stuck.keys()].map((node) => [node, []]));
  for (const [node, waited] of stuck) for (const one of waited) waitedBy.get(one)!.push(node);
  return waitedBy;
}

const isDown = (node: Node, down: ReadonlySet<string>) => node.startsWith('asset:') && down.has(idOf(node));

const idOf = (node: Node) => node.slice(node.indexOf(':') + 1);

function linkOf(node: Node, facts: ClientFacts): DeadlockLink {
  const [kind = ''] = node.split(':');
  const id = idOf(node);
  return { kind: kind as DeadlockLink['kind'], id, name: nameOf(kind, id, facts) };
}

/** Copies are named after what they are of; a store has no name of its own here. */
function nameOf(kind: string, id: string, { assets, plans, contacts }: ClientFacts): string {
  if (kind === 'plan') return plans.find((plan) => plan.id === id)?.title ?? '';
  if (kind === 'contact') return contacts.find((contact) => contact.id === id)?.name ?? '';
  return assets.find((asset) => asset.id === id)?.name ?? '';
}

const KINDS = ['asset', 'plan', 'contact', 'copies', 'store'];

/** By kind, then by name, so that a circle is told from an asset on. */
function inOrder(nodes: Node[], facts: ClientFacts): Node[] {
  const ranked = nodes.map((node) => {
    const { kind, id, name } = linkOf(node, facts);
    return { node, rank: `${KINDS.indexOf(kind)} ${name} ${id}` };
  });
  return ranked.sort((left, right) => (left.rank < right.rank ? -1 : 1)).map(({ node }) => node);
}

const joined = (one: Deadlock, other: Deadlock): Deadlock => ({
  ...one,
  scenarios: [...one.scenarios, ...other.scenarios],
  assets: [...new Set([...one.assets, ...other.assets])],
  activities: [...new Set([...one.activities, ...other.activities])],
});
