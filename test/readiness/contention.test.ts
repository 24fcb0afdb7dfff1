import { expect } from 'chai';
import fc from 'fast-check';
import type { ClientFacts } from '#/plans/facts.ts';
import { byWhatCanBeBorne, contentionOf, type Restore, type Sharer } from '#/plans/readiness/contention.ts';
import { listSchedule } from '#/plans/readiness/list-schedule.ts';
import { anActivity, anAsset, aReadyClient, aTest, DAY, HOUR, needs } from './client.ts';

const YEAR = 365;
const lille = (headCount: number): Sharer['pool'] => ({ id: 'lille', headCount });

/** A client with one activity, and servers that each take so many measured hours, one beside the other. */
function aClient(
  id: string,
  hours: number[],
  { rto = 8, mtpd = 24, technicians = 9 }: { rto?: number | null; mtpd?: number; technicians?: number } = {},
): ClientFacts {
  const servers = hours.map((_, index) => `server-${index}`);
  const base = aReadyClient();
  return {
    ...base,
    client: { ...base.client, id, name: `Client ${id}`, technicians },
    activities: [
      anActivity({
        id: 'payroll',
        name: 'Payroll',
        mtpdSeconds: mtpd * HOUR,
        rtoSeconds: rto === null ? null : rto * HOUR,
      }),
    ],
    assets: servers.map((server) => anAsset(server, 'server')),
    dependencies: servers.map((server) => needs('activity:payroll', server)),
    restoreTests: servers.map((server, index) => aTest(server, DAY, { seconds: hours[index]! * HOUR })),
    recoveryPoints: [],
    policies: [],
    plans: [],
    evidence: [],
    suppliers: [],
  };
}

const inPool = (headCount: number, ...clients: ClientFacts[]): Sharer[] =>
  clients.map((facts) => ({ facts, pool: lille(headCount), fails: null }));

describe('clients that fail together', () => {
  const patient = aClient('patient', [6]);
  const pressed = aClient('pressed', [8], { rto: 10, mtpd: 12 });

  it('wait for the same technician, who first does what can be borne least', () => {
    const { clients, lostFrom, losses, lateAlone } = contentionOf(inPool(1, patient, pressed), YEAR);

    expect(clients.map(({ id }) => id)).to.deep.equal(['pressed', 'patient']);
    expect([lostFrom, lateAlone]).to.deep.equal([2, []]);
    expect(losses).to.deep.equal([
      {
        client: 'patient',
        activity: 'payroll',
        name: 'Payroll',
        rtoSeconds: 8 * HOUR,
        aloneSeconds: 6 * HOUR,
        togetherSeconds: 14 * HOUR,
        allSeconds: 14 * HOUR,
        lostFrom: 2,
        isDeclared: false,
      },
    ]);
  });

  it('lose nothing where there are hands for all, or everybody has their own', () => {
    expect(contentionOf(inPool(2, patient, pressed), YEAR).losses).to.deep.equal([]);
    const own = [patient, pressed].map((facts) => ({ facts, pool: null, fails: null }));
    expect(contentionOf(own, YEAR).lostFrom).to.equal(null);
  });

  it('say from how many on', () => {
    const third = aClient('third', [4], { rto: 5, mtpd: 48 });
    const { lostFrom, losses } = contentionOf(inPool(2, third, patient, pressed), YEAR);

    // Pressed until 8 h, patient until 6 h, and only then the third: back after 10 h.
    expect(lostFrom).to.equal(3);
    expect(losses.map(({ client, togetherSeconds }) => [client, togetherSeconds])).to.deep.equal([
      ['third', 10 * HOUR],
    ]);
  });

  it('take of the pool no more than they can put to work', () => {
    const single = aClient('single', [3, 3], { technicians: 1, rto: 5 });
    const { lateAlone } = contentionOf(inPool(4, single, patient), YEAR);

    expect(lateAlone.map(({ client, aloneSeconds }) => [client, aloneSeconds])).to.deep.equal([
      ['single', 6 * HOUR],
    ]);
  });

  it('need nobody for what still runs when only a site is lost', () => {
    const at = (facts: ClientFacts, lost: string[]): Sharer => ({
      facts: {
        ...facts,
        sites: [{ id: 'here', name: 'Here', kind: 'data-centre' }],
        assets: facts.assets.map((asset) => ({ ...asset, site: lost.includes(asset.id) ? 'here' : null })),
      },
      pool: lille(1),
      fails: { kind: 'site', id: 'here' },
    });
    const both = aClient('both', [2, 6], { mtpd: 30 });

    expect(contentionOf([at(patient, ['server-0']), at(both, ['server-1'])], YEAR).losses).to.have.length(1);
    // Two hours after the six of the patient one are within eight.
    expect(contentionOf([at(patient, ['server-0']), at(both, ['server-0'])], YEAR).losses).to.deep.equal([]);
    // Nothing of it stands there.
    const spared = contentionOf([at(patient, ['server-0']), at(both, [])], YEAR);
    expect(spared.losses).to.deep.equal([]);
  });

  it('know of what a supplier provides that it is lost', () => {
    const by = (facts: ClientFacts): Sharer => ({
      facts: {
        ...facts,
        assets: [
          ...facts.assets.map((asset) => ({ ...asset, supplier: 'host' })),
          anAsset('host', 'supplier'),
        ],
      },
      pool: lille(1),
      fails: { kind: 'supplier', id: 'host' },
    });

    expect(contentionOf([by(patient), by(pressed)], YEAR).losses.map(({ client }) => client)).to.deep.equal([
      'patient',
    ]);
  });

  it('never show a word as a measure, nor count what nobody knows', () => {
    const said: ClientFacts = {
      ...patient,
      restoreTests: [],
      assets: patient.assets.map((asset) => ({ ...asset, declaredRecoverySeconds: 6 * HOUR })),
    };
    const [lost] = contentionOf(inPool(1, said, pressed), YEAR).losses;
    expect(lost?.isDeclared).to.equal(true);
    const silent = contentionOf(inPool(1, { ...patient, restoreTests: [] }, pressed), YEAR);
    expect([silent.losses.length, silent.clients.at(-1)?.untimedActivities]).to.deep.equal([0, 1]);
  });

  it('lose no RTO that nobody set', () => {
    const open = aClient('open', [6], { rto: null });
    expect(contentionOf(inPool(1, open, pressed), YEAR).losses).to.deep.equal([]);
  });

  it('come out the same whatever their order, and none is dropped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 30 })), {
          minLength: 2,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 3 }),
        (drawn, headCount) => {
          const clients = drawn.map(([hours, mtpd], index) => aClient(`${index}`, [hours], { mtpd, rto: 9 }));
          const result = contentionOf(inPool(headCount, ...clients), YEAR);

          expect(contentionOf(inPool(headCount, ...clients.toReversed()), YEAR)).to.deep.equal(result);
          expect(result.clients).to.have.length(clients.length);
          for (const { lostFrom, togetherSeconds, aloneSeconds, rtoSeconds } of result.losses) {
            expect(lostFrom).to.be.within(2, clients.length);
            expect(aloneSeconds).to.be.at.most(rtoSeconds);
            expect(togetherSeconds).to.be.above(rtoSeconds);
          }
        },
      ),
    );
  });
});

const SIZE = 9;
const USES = [[], ['pool'], ['a', 'pool'], ['b', 'pool'], ['line']] as const;
const drawn = fc
  .record({
    jobs: fc.array(
      fc.record({
        seconds: fc.integer({ min: 0, max: 6 }),
        uses: fc.constantFrom(...USES),
        latestStart: fc.integer({ min: 0, max: 5 }),
        tailSeconds: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: SIZE, maxLength: SIZE },
    ),
    edges: fc.array(fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1)), { maxLength: 12 }),
    pool: fc.integer({ min: 1, max: 3 }),
    own: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ jobs, edges, pool, own }) => ({
    jobs: jobs.map(
      (job, at): Restore => ({
        ...job,
        id: `${at}`,
        after: [...new Set(edges.filter(([from, to]) => from < to && to === at).map(([from]) => `${from}`))],
      }),
    ),
    capacity: new Map<string, number>([
      ['pool', pool],
      ['a', own],
      ['b', 1],
      ['line', 1],
    ]),
  }));

/** Second by second: whoever is ready and most urgent begins while all it uses is free, and again, until nobody can. */
function slowly(jobs: Restore[], capacity: Map<string, number>): Map<string, number> {
  const starts = new Map<string, number>();
  const ends = (job: Restore) => starts.get(job.id)! + job.seconds;
  const isDone = (id: string, now: number) =>
    starts.has(id) && ends(jobs.find((job) => job.id === id)!) <= now;
  const busy = (use: string, now: number) =>
    jobs.filter((job) => starts.has(job.id) && job.seconds > 0 && job.uses.includes(use) && ends(job) > now)
      .length;
  const canBegin = (job: Restore, now: number) =>
    !starts.has(job.id) &&
    job.after.every((before) => isDone(before, now)) &&
    (job.seconds === 0 || job.uses.every((use) => busy(use, now) < capacity.get(use)!));
  for (let now = 0; starts.size < jobs.length; now += 1)
    for (;;) {
      // What takes no time is over at once, before anybody who waits is chosen.
      const able = jobs.filter((job) => canBegin(job, now));
      const [next] = [
        ...able.filter(({ seconds }) => seconds === 0),
        ...able.toSorted((left, right) => byWhatCanBeBorne(left, right)),
      ];
      if (!next) break;
      starts.set(next.id, now);
    }
  return starts;
}

describe('a schedule of what several share', () => {
  it('is that of somebody who looks second by second', () => {
    fc.assert(
      fc.property(drawn, ({ jobs, capacity }) => {
        const done = listSchedule(jobs, capacity, byWhatCanBeBorne);
        const starts = Object.fromEntries([...done].map(([id, { startsAt }]) => [id, startsAt]).sort());

        expect(starts).to.deep.equal(Object.fromEntries([...slowly(jobs, capacity)].sort()));
      }),
      { numRuns: 1000 },
    );
  });
});
