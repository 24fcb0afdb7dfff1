import { expect } from 'chai';
import type { DrillPlan } from '#/plans/drills/plan.ts';
import { planDrill } from '#/plans/drills/plan-drill.ts';
import type { DrillAsked, DrillSetting } from '#/plans/drills/setting.ts';
import type { ClientFacts, RecoveryPointFacts } from '#/plans/facts.ts';
import {
  aContact,
  ago,
  anActivity,
  anAsset,
  aPoint,
  aReadyClient,
  aScenario,
  aTest,
  HOUR,
  needs,
} from '../readiness/client.ts';

/** `REPRISE_DRILL_GRAPHS=20000` tries as many. */
const GRAPHS = Number(process.env.REPRISE_DRILL_GRAPHS ?? 600);

interface World {
  setting: DrillSetting;
  asked: DrillAsked;
}

/** Up to six assets on each other, some with points in stores that need assets themselves, under keys of two people. */
function randomWorld(seed: number): World {
  const draw = randomFrom(seed);
  const pick = <Thing>(things: readonly Thing[]): Thing => things[draw(things.length)]!;
  const assets = Array.from({ length: 3 + draw(4) }, (_, index) =>
    anAsset(`a${index}`, pick(['data-set', 'application', 'server', 'premises', 'identity'] as const), {
      recoveryResource: pick(['none', 'technician', 'link'] as const),
      declaredRecoverySeconds: 60 * draw(5),
    }),
  );
  const ids = assets.map(({ id }) => id);
  const dependencies = Array.from({ length: draw(8) }, () => {
    const [from, to] = [pick(ids), pick(ids)];
    const group = draw(3) === 0 ? { name: `g${draw(2)}`, requiredK: 1 + draw(2) } : null;
    return { ...needs(from, to, pick(['hard', 'data', 'recovery'] as const)), group };
  }).filter(({ from, to }) => from.id !== to);
  const wanted = ids.filter(() => draw(2) === 0);
  const stores = ['s0', 's1'].map((id, index) => ({
    id,
    name: id,
    site: null,
    account: pick([null, 'mine']),
    needs: index === 0 ? ids.filter(() => draw(3) === 0) : [],
  }));
  const points: RecoveryPointFacts[] = [];
  const places: DrillSetting['places'] = new Map();
  for (const id of ids.filter(() => draw(2) === 0))
    for (const age of [1, 2, 3].slice(0, 1 + draw(3))) {
      const point = aPoint(id, age * HOUR);
      points.push(point);
      places.set(point.id, { store: pick(stores).id, sealedTo: [pick(['k0', 'k1'])] });
    }
  const tests = points
    .filter(() => draw(4) > 0)
    .map(({ id, asset }) => aTest(asset, HOUR / 2, { recoveryPoint: id, finishedAt: ago(60) }));
  const facts: ClientFacts = {
    ...aReadyClient(),
    activities: [anActivity()],
    assets,
    dependencies: [...dependencies, ...wanted.map((to) => needs('activity:billing', to, 'hard'))],
    plans: [],
    policies: [],
    recoveryPoints: points,
    restoreTests: tests,
    contacts: [aContact('c0'), aContact('c1')],
    recoveryKeys: ['k0', 'k1'].map((fingerprint, index) => ({
      id: fingerprint,
      fingerprint,
      holders: [
        {
          id: fingerprint,
          contact: `c${index}`,
          name: `c${index}`,
          hasLeft: false,
          openedAt: null,
          dueAt: null,
        },
      ],
    })),
    suppliers: [],
  };
  return {
    setting: { facts, stores, places, stepRoles: new Map() },
    asked: {
      scenario: aScenario(ids.filter(() => draw(2) === 0)),
      activities: ['billing'],
      absent: draw(3) === 0 ? ['c0'] : [],
      lostStores: draw(4) === 0 ? ['s1'] : [],
      compromisedAt: draw(2) === 0 ? ago(1.5 * HOUR) : null,
    },
  };
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 12_345;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) | 0;
    return Math.abs(state ^ (state >>> 13)) % below;
  };
}

/** Told from the rules alone: what may be restored from which points, and what needs what. */
function reading({ setting: { facts, stores, places }, asked }: World, down: Set<string>) {
  const lostAccounts = stores.filter(({ id }) => asked.lostStores.includes(id)).map(({ account }) => account);
  const usable = (id: string) =>
    facts.recoveryPoints.filter((point) => {
      const { store, sealedTo } = places.get(point.id)!;
      const { account } = stores.find((one) => one.id === store)!;
      const isLost = asked.lostStores.includes(store) || (account !== null && lostAccounts.includes(account));
      const isProven = facts.restoreTests.some(({ recoveryPoint }) => recoveryPoint === point.id);
      const isTooNew = asked.compromisedAt !== null && point.endedAt > asked.compromisedAt;
      const isHeld = !asked.absent.includes(sealedTo[0] === 'k0' ? 'c0' : 'c1');
      return point.asset === id && isProven && !isTooNew && !isLost && isHeld;
    });
  const hit = new Set(asked.scenario.effects.map(({ on }) => on.id));
  const isMet = (from: string, back: Set<string>) => {
    const own = facts.dependencies.filter((one) => one.from.id === from);
    const isBack = (id: string) => back.has(id) || !down.has(id);
    const groups = Map.groupBy(
      own.filter(({ group }) => group),
      ({ group }) => group!.name,
    );
    return (
      own.every(({ group, to }) => group !== null || isBack(to)) &&
      [...groups.values()].every((members) => {
        const names = [...new Set(members.map(({ to }) => to))];
        const wanted = Math.max(...members.map(({ group }) => group!.requiredK));
        return names.filter(isBack).length >= Math.min(names.length, wanted);
      })
    );
  };
  /** May it come back now, from one of these points? */
  const mayReturn = (id: string, back: Set<string>, points = usable(id)) => {
    const { kind } = facts.assets.find((one) => one.id === id)!;
    if (kind === 'premises' && hit.has(id)) return false;
    const hasCopies = facts.recoveryPoints.some(({ asset }) => asset === id);
    const isReached = points.some((point) =>
      stores
        .find((store) => store.id === places.get(point.id)!.store)!
        .needs.every((need) => back.has(need) || !down.has(need)),
    );
    return isMet(id, back) && (!hasCopies || isReached);
  };
  return { usable, isMet, mayReturn };
}

/** Every order in which assets could come back is tried, one asset after the other; the most that any of them brings back. */
function everyOrder(down: string[], mayReturn: (id: string, back: Set<string>) => boolean): Set<string> {
  let most = new Set<string>();
  const seen = new Set<string>();
  const go = (back: Set<string>) => {
    const key = [...back].sort().join();
    if (seen.has(key)) return;
    seen.add(key);
    if (back.size > most.size) most = back;
    for (const id of down) if (!back.has(id) && mayReturn(id, back)) go(new Set([...back, id]));
  };
  go(new Set());
  return most;
}

describe(`the plan of a drill against brute force, ${GRAPHS} graphs`, () => {
  const worlds = Array.from({ length: GRAPHS }, (_, seed) => randomWorld(seed + 1));
  const planned = worlds.map((world) => ({ ...world, plan: planDrill(world.asked, world.setting) }));
  const downIn = ({ lost }: DrillPlan) => new Set(lost.map(({ id }) => id));

  it('has a path exactly where some order brings everything back', () => {
    const found = { path: 0, none: 0 };
    for (const { plan, ...world } of planned) {
      const down = downIn(plan);
      const { isMet, mayReturn } = reading(world, down);
      const back = everyOrder([...down], mayReturn);
      const [activity] = plan.activities;
      expect(activity?.hasPath, JSON.stringify(world.asked)).to.equal(isMet('billing', back));
      expect(activity!.reasons.length > 0, 'a reason where there is none').to.equal(!activity!.hasPath);
      found[activity!.hasPath ? 'path' : 'none'] += 1;
    }
    expect(Math.min(found.path, found.none)).to.be.greaterThan(GRAPHS / 10);
  });

  it('restores in an order in which every asset finds what it needs, from a point that helps', () => {
    let restored = 0;
    for (const { plan, ...world } of planned.filter((one) => one.plan.activities[0]!.hasPath)) {
      const down = downIn(plan);
      const { usable, isMet, mayReturn } = reading(world, down);
      const back = new Set<string>();
      for (const item of [...plan.items].sort(
        (left, right) => left.startsAt - right.startsAt || rank(plan, left.key) - rank(plan, right.key),
      )) {
        const id = item.asset!.id;
        const points = usable(id).filter((point) => point.id === item.point?.id);
        expect(
          mayReturn(id, withUntimed(back, down, plan, mayReturn), item.point ? points : []),
          item.key,
        ).to.equal(true);
        back.add(id);
        restored += item.kind === 'restore' ? 1 : 0;
        for (const key of item.after)
          expect(plan.items.find((one) => one.key === key)!.endsAt).to.be.at.most(item.startsAt);
      }
      expect(isMet('billing', withUntimed(back, down, plan, mayReturn))).to.equal(true);
    }
    expect(restored).to.be.greaterThan(GRAPHS / 20);
  });

  it('takes no older point where a newer one would do as well', () => {
    let chosen = 0;
    for (const { plan, ...world } of planned) {
      const down = downIn(plan);
      const { usable, mayReturn } = reading(world, down);
      const all = everyOrder([...down], mayReturn);
      const taken = new Map(
        plan.items.flatMap(({ asset, point }) => (point ? [[asset!.id, point.id] as const] : [])),
      );
      for (const [asset, point] of taken) {
        const [newest] = usable(asset).toSorted((left, right) => (left.dataTime < right.dataTime ? 1 : -1));
        if (newest!.id === point) {
          chosen += 1;
          continue;
        }
        const withNewest = everyOrder([...down], (id, back) =>
          mayReturn(
            id,
            back,
            usable(id).filter((one) => one.id === (id === asset ? newest!.id : (taken.get(id) ?? one.id))),
          ),
        );
        expect(withNewest.size, `${asset} could have come back from ${newest!.id}`).to.be.lessThan(all.size);
      }
    }
    expect(chosen).to.be.greaterThan(GRAPHS / 20);
  });

  it('keeps no more hands and lines busy than there are', () => {
    for (const { plan } of planned)
      for (const at of plan.items)
        for (const resource of ['technician', 'link'] as const) {
          const busy = plan.items.filter(
            (item) => item.resource === resource && item.startsAt <= at.startsAt && at.startsAt < item.endsAt,
          );
          expect(busy.length).to.be.at.most(1);
        }
  });
});

const rank = (plan: DrillPlan, key: string): number => {
  const item = plan.items.find((one) => one.key === key)!;
  return 1 + Math.max(0, ...item.after.map((before) => rank(plan, before)));
};

/** A building that only stands still takes no doing: it is back as soon as what it needs is. */
function withUntimed(
  back: Set<string>,
  down: Set<string>,
  { lost }: DrillPlan,
  mayReturn: (id: string, back: Set<string>) => boolean,
): Set<string> {
  const all = new Set(back);
  const free = [...down].filter((id) => lost.some((one) => one.id === id && one.kind === 'premises'));
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const id of free.filter((one) => !all.has(one) && mayReturn(one, all))) {
      all.add(id);
      isMore = true;
    }
  }
  return all;
}
