/** What never comes back, because it waits for itself or because nothing is left. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { AssetFacts, ClientFacts, DependencyFacts, PolicyFacts } from '#/plans/facts.ts';
import { breaksOf } from '#/plans/readiness/breaks.ts';
import { comeBackFrom } from '#/plans/readiness/come-back.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { deadlocksIn, deadlocksOf } from '#/plans/readiness/deadlocks.ts';
import { graphOf } from '#/plans/readiness/graph.ts';
import { aContact, anAsset, aPlan, aReadyClient, aScenario, needs } from './client.ts';

const circlesOf = (facts: ClientFacts) =>
  computeReadiness(facts).deadlocks.map(({ circle }) => circle.map(({ kind, name }) => `${kind} ${name}`));
const breaksIn = (facts: ClientFacts) =>
  computeReadiness(facts).deadlocks.flatMap(({ breaks }) => breaks.map(({ key }) => key));
const toldOf = (facts: ClientFacts) => computeReadiness(facts).contradictions;

/** These assets and needs beside a ready client, and a scenario that takes some of them. */
function client(
  lost: string[],
  assets: AssetFacts[],
  dependencies: DependencyFacts[] = [],
  given: Partial<ClientFacts> = {},
): ClientFacts {
  const facts = aReadyClient({ scenarios: [aScenario(lost)], ...given });
  facts.assets.push(...assets);
  facts.dependencies.push(...dependencies);
  return facts;
}

const storeNeeding = (needed: string[], site: string | null = null): PolicyFacts['store'] => ({
  id: 'far',
  kind: 's3',
  isOffsite: true,
  site,
  account: null,
  needs: needed,
});
const withStore = (facts: ClientFacts, store: PolicyFacts['store']): ClientFacts => ({
  ...facts,
  policies: facts.policies.map((policy) => ({ ...policy, store })),
});

describe('a recovery deadlock', () => {
  it('is none when everything can come back', () => {
    expect(circlesOf(client(['sql', 'host', 'erp'], []))).to.deep.equal([]);
  });

  it('is a plan that is kept only on what it brings back', () => {
    const kept = client(['sql', 'host'], [], [], { plans: [aPlan({ keptIn: ['sql'] })] });

    expect(circlesOf(kept)).to.deep.equal([['asset sql', 'plan Recovery plan']]);
    expect(breaksIn(kept)).to.deep.equal(['readiness.break-plan']);
    expect(toldOf(kept)).to.deep.include({
      key: 'readiness.recovery-deadlock',
      params: { circle: 'sql › Recovery plan › sql', scenarios: 'Ransomware' },
    });
  });

  it('is opened by a second place that survives, by paper, and by another plan', () => {
    const twice = client(['sql'], [anAsset('safe', 'document')], [], {
      plans: [aPlan({ keptIn: ['sql', 'safe'] })],
    });
    const plan = aPlan({ keptIn: ['sql'] });
    const [sent] = plan.inForce!.distributions;
    const printed = {
      ...plan,
      inForce: { ...plan.inForce!, distributions: [{ ...sent!, channel: 'paper' as const }] },
    };
    const other = aPlan({ id: 'other', title: 'Other plan', keptIn: [] });

    expect(circlesOf(twice)).to.deep.equal([]);
    expect(circlesOf(client(['sql'], [], [], { plans: [printed] }))).to.deep.equal([]);
    expect(circlesOf(client(['sql'], [], [], { plans: [plan, other] }))).to.deep.equal([]);
  });

  it('is no matter of a plan for other scenarios, for work meanwhile, or whose runbook brings back something else', () => {
    const plan = aPlan({ keptIn: ['sql'] });
    const step = {
      key: 'network',
      action: 'Start the network',
      role: null,
      skill: null,
      resource: 'technician' as const,
      p50Seconds: null,
      p90Seconds: null,
      hasSuccessTest: false,
      hasOwner: false,
      asset: 'host',
      after: [],
    };
    for (const given of [
      { ...plan, scenarios: ['flood'] },
      { ...plan, kind: 'bcp' as const },
      { ...plan, inForce: { ...plan.inForce!, steps: [step] } },
    ])
      expect(circlesOf(client(['sql'], [], [], { plans: [given] }))).to.deep.equal([]);
  });

  it('is a backup key that lies in what it opens', () => {
    const facts = client(
      ['sql'],
      [anAsset('backup key', 'key')],
      [needs('sql', 'backup key', 'recovery'), needs('backup key', 'sql')],
    );

    expect(circlesOf(facts)).to.deep.equal([['asset backup key', 'asset sql']]);
    expect(breaksIn(facts)).to.deep.equal(['readiness.break-offline-copy', 'readiness.break-order']);
    // It is a circle of the inventory as well, and told once.
    expect(toldOf(facts).map(({ key }) => key)).to.deep.equal(['readiness.dependency-cycle']);
  });

  it('is a way to the copies that goes through what they are of', () => {
    const facts = withStore(
      client(['directory'], [anAsset('directory', 'identity')], [needs('sql', 'directory')]),
      storeNeeding(['sql']),
    );

    expect(circlesOf(facts)).to.deep.equal([['asset sql', 'copies sql', 'store ']]);
    expect(computeReadiness(facts).deadlocks[0]?.breaks).to.deep.equal([
      { key: 'readiness.break-store', params: { asset: 'sql', needed: 'sql' } },
    ]);
    expect(toldOf(facts)[0]?.params).to.include({ circle: 'sql › sql' });
  });

  it('is a key whose holder is reached only through what it opens', () => {
    const by = (needsAsset: string | null, isOutOfBand = false) => ({
      id: `${needsAsset}`,
      kind: 'mail' as const,
      isOutOfBand,
      needsAsset,
      verifiedAt: null,
    });
    const facts = client(
      ['mail'],
      [anAsset('mail', 'saas'), anAsset('vault key', 'key', { holder: 'alice', deputy: 'bob' })],
      [needs('mail', 'vault key', 'recovery')],
      { contacts: [aContact('alice', { points: [by('mail')] }), aContact('bob', { hasLeft: true })] },
    );

    expect(circlesOf(facts)).to.deep.equal([['asset mail', 'asset vault key', 'contact alice']]);
    expect(breaksIn(facts)).to.deep.equal(['readiness.break-offline-copy', 'readiness.break-contact']);
    const reached = { ...facts, contacts: [aContact('alice', { points: [by('mail'), by(null, true)] })] };
    expect(circlesOf(reached)).to.deep.equal([]);
  });

  it('is a key that nobody holds any more', () => {
    const facts = client(
      ['sql'],
      [anAsset('vault key', 'key', { holder: 'bob' })],
      [needs('sql', 'vault key', 'recovery')],
      { contacts: [aContact('bob', { hasLeft: true })] },
    );

    expect(toldOf(facts)).to.deep.include({
      key: 'readiness.nobody-has-key',
      params: { asset: 'vault key', scenarios: 'Ransomware' },
    });
    expect(breaksIn(facts)).to.deep.equal(['readiness.break-other-holder']);
  });

  it('is a site at which data and all their copies are lost', () => {
    const scenario = aScenario([], {
      effects: [{ on: { kind: 'site', id: 'hq' }, effect: 'lost', durationSeconds: null }],
    });
    const facts = client([], [], [], { scenarios: [scenario] });
    facts.assets = facts.assets.map((asset) => ({ ...asset, site: 'hq' }));

    expect(circlesOf(withStore(facts, storeNeeding([], 'elsewhere')))).to.deep.equal([]);
    const lost = withStore(facts, storeNeeding([], 'hq'));
    expect(toldOf(lost)).to.deep.include({
      key: 'readiness.no-copy-left',
      params: { asset: 'sql', scenarios: 'Ransomware' },
    });
    expect(breaksIn(lost)).to.deep.equal(['readiness.break-other-place']);
  });

  it('says what waits for it, and which activities', () => {
    const [deadlock] = computeReadiness(
      client(['sql'], [], [], { plans: [aPlan({ keptIn: ['sql'] })] }),
    ).deadlocks;

    expect(deadlock).to.deep.include({ assets: ['erp', 'sql'], activities: ['billing'] });
  });

  it('is told once for all scenarios in which it holds', () => {
    const facts = client(['sql'], [], [], { plans: [aPlan({ keptIn: ['sql'], scenarios: [] })] });
    facts.scenarios.push(
      aScenario(['sql', 'office'], { id: 'fire', name: 'Fire' }),
      aScenario([], { id: 'flood', name: 'Flood' }),
    );

    expect(
      computeReadiness(facts).deadlocks.map(({ scenarios }) => scenarios.map(({ name }) => name)),
    ).to.deep.equal([['Fire', 'Ransomware']]);
  });

  it('is none among what is only slowed, and none that touches nothing lost', () => {
    const slow = client([], [], [], {
      plans: [aPlan({ keptIn: ['sql'] })],
      scenarios: [
        aScenario([], {
          effects: [{ on: { kind: 'asset', id: 'sql' }, effect: 'slow', durationSeconds: null }],
        }),
      ],
    });
    const elsewhere = client(
      ['office'],
      [anAsset('vault key', 'key', { holder: 'bob' })],
      [needs('sql', 'vault key', 'recovery')],
      { contacts: [aContact('bob', { hasLeft: true })] },
    );

    expect(circlesOf(slow)).to.deep.equal([]);
    expect(circlesOf(elsewhere)).to.deep.equal([]);
  });

  it('is none while enough stand-ins come back', () => {
    const either = { group: { name: 'directory', requiredK: 1 } };
    const facts = client(
      ['main', 'spare', 'sql'],
      [anAsset('main', 'identity'), anAsset('spare', 'identity')],
      [
        needs('sql', 'main', 'hard', either),
        needs('sql', 'spare', 'hard', either),
        needs('main', 'sql', 'recovery'),
      ],
    );

    expect(circlesOf(facts)).to.deep.equal([]);
    facts.dependencies.push(needs('spare', 'sql', 'recovery'));
    expect(circlesOf(facts)).to.deep.equal([['asset main', 'asset sql']]);
    expect(breaksIn(facts)).to.deep.equal(['readiness.break-offline-copy', 'readiness.break-order']);
  });
});

const SIZE = 6;
const KINDS = ['hard', 'soft', 'start-order', 'data', 'human', 'recovery'] as const;
const drawn = fc.record({
  edges: fc.uniqueArray(
    fc.record({
      from: fc.nat(SIZE - 1),
      to: fc.nat(SIZE - 1),
      kind: fc.constantFrom(...KINDS),
      group: fc.constantFrom(null, null, 'g'),
      requiredK: fc.constantFrom(1, 1, 2),
    }),
    { maxLength: 14, selector: ({ from, to, kind }) => `${from} ${to} ${kind}` },
  ),
  lost: fc.uniqueArray(fc.nat(SIZE - 1), { minLength: 1, maxLength: 3 }),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

const factsOf = ({ edges, lost }: Drawn) =>
  aReadyClient({
    activities: [],
    assets: Array.from({ length: SIZE }, (_, id) => anAsset(`${id}`, 'server')),
    dependencies: edges.map(({ from, to, kind, group, requiredK }) =>
      needs(`${from}`, `${to}`, kind, { group: group === null ? null : { name: group, requiredK } }),
    ),
    plans: [],
    policies: [],
    scenarios: [aScenario(lost.map(String))],
  });

/** Whether those there are enough for one more, straight from the words: all needs alone, and so many of each group. */
function isEnough(
  { edges }: Drawn,
  of: number,
  kinds: readonly string[],
  there: ReadonlySet<number>,
): boolean {
  const own = edges.filter(({ from, kind }) => from === of && kinds.includes(kind));
  const grouped = own.filter(({ group }) => group !== null);
  const members = new Set(grouped.map(({ to }) => to));
  const k = Math.min(members.size, Math.max(0, ...grouped.map(({ requiredK }) => requiredK)));
  return (
    own.every(({ to, group }) => group !== null || there.has(to)) &&
    [...members].filter((to) => there.has(to)).length >= k
  );
}

/** Every set that can be reached by bringing back one more at a time; the largest holds all that comes back. */
function byTrying(given: Drawn) {
  const all = Array.from({ length: SIZE }, (_, id) => id);
  const up = new Set(all.filter((id) => !given.lost.includes(id)));
  for (let before = -1; before !== up.size; ) {
    before = up.size;
    for (const id of up) if (!isEnough(given, id, ['hard', 'data'], up)) up.delete(id);
  }
  const seen = new Set<string>();
  let most = new Set(up);
  const open = [up];
  for (let there = open.pop(); there; there = open.pop()) {
    const key = [...there].sort().join();
    if (seen.has(key)) continue;
    seen.add(key);
    if (there.size > most.size) most = there;
    for (const id of all)
      if (!there.has(id) && isEnough(given, id, ['hard', 'start-order', 'data', 'recovery'], there))
        open.push(new Set([...there, id]));
  }
  return { down: all.filter((id) => !up.has(id)), never: all.filter((id) => !most.has(id)) };
}

describe('what comes back, of any graph', () => {
  it('is what trying every order of recovery gives', () => {
    fc.assert(
      fc.property(drawn, (given) => {
        const facts = factsOf(given);
        const { down, stuck } = comeBackFrom(facts.scenarios[0]!, facts, graphOf(facts));
        const tried = byTrying(given);

        expect([...down].sort()).to.deep.equal(tried.down.map(String));
        expect([...stuck.keys()].sort()).to.deep.equal(tried.never.map((id) => `asset:${id}`));
      }),
      { numRuns: 1000 },
    );
  });

  it('names for all that stays away a circle in which each waits for the next, as small as there is', () => {
    fc.assert(
      fc.property(drawn, (given) => {
        const facts = factsOf(given);
        const [scenario] = facts.scenarios;
        const graph = graphOf(facts);
        const { stuck } = comeBackFrom(scenario!, facts, graph);
        const deadlocks = deadlocksIn(scenario!, facts, graph);

        expect(new Set(deadlocks.flatMap(({ assets }) => assets))).to.deep.equal(
          new Set([...stuck.keys()].map((node) => node.slice('asset:'.length))),
        );
        for (const { circle, isCircle, breaks } of deadlocks) {
          const ids = circle.map(({ id }) => id);
          expect(isCircle).to.equal(true);
          expect(breaks).to.have.length(ids.length);
          for (const [index, id] of ids.entries())
            expect(stuck.get(`asset:${id}`)).to.include(`asset:${ids[(index + 1) % ids.length]}`);
          for (const id of ids)
            expect(
              circlesThrough(id, stuck as Map<string, string[]>),
              `a smaller one than ${ids}`,
            ).to.be.at.least(ids.length);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is opened by each of the ways out that it names', () => {
    const keyOf = ({ circle }: { circle: { id: string }[] }) =>
      circle
        .map(({ id }) => id)
        .sort()
        .join();
    fc.assert(
      fc.property(drawn, (given) => {
        const facts = factsOf(given);
        for (const deadlock of deadlocksOf(facts, graphOf(facts)))
          for (const { done } of breaksOf(deadlock, facts)) {
            const then = done(facts);
            expect(deadlocksOf(then, graphOf(then)).map(keyOf)).not.to.include(keyOf(deadlock));
          }
      }),
    );
  });

  it('is found among a thousand assets, circles and all, in no time to speak of', () => {
    const count = 1000;
    const facts = aReadyClient({
      activities: [],
      // Named so that each comes before what it needs: the worst order to look in.
      assets: Array.from({ length: count }, (_, id) => anAsset(String(id).padStart(4, '0'), 'server')),
      plans: [],
      policies: [],
      scenarios: Array.from({ length: 11 }, (_, id) =>
        aScenario([String(count - 1).padStart(4, '0')], { id: `${id}`, name: `${id}` }),
      ),
    });
    const id = (index: number) => String(index % count).padStart(4, '0');
    facts.dependencies = facts.assets.flatMap((_, index) => [
      needs(id(index), id(index + 1)),
      needs(id(index), id(index + 7), 'recovery'),
      needs(id(index), id(index * 31 + 5), 'start-order'),
    ]);
    const began = performance.now();
    const { deadlocks } = computeReadiness(facts);

    expect(deadlocks).to.have.length(1);
    expect(deadlocks[0]?.assets).to.have.length(count);
    expect(performance.now() - began).to.be.lessThan(5000);
  });
});

/** Length of the shortest circle through a node, by walking every way that meets no node twice. */
function circlesThrough(start: string, stuck: Map<string, string[]>): number {
  const walk = (node: string, seen: string[]): number =>
    Math.min(
      Number.POSITIVE_INFINITY,
      ...(stuck.get(node) ?? []).map((to) => {
        if (to === `asset:${start}`) return seen.length;
        return seen.includes(to) ? Number.POSITIVE_INFINITY : walk(to, [...seen, to]);
      }),
    );
  return walk(`asset:${start}`, [`asset:${start}`]);
}
