import { expect } from 'chai';
import fc from 'fast-check';
import { type Job, schedule } from '#/plans/readiness/schedule.ts';

const job = (
  id: string,
  seconds: number,
  after: string[] = [],
  resource: Job['resource'] = 'technician',
): Job => ({
  id,
  seconds,
  after,
  resource,
});
const one = { technician: 1, link: 1 };
const endOf = (jobs: Job[], capacity = one) =>
  Math.max(...[...schedule(jobs, capacity).values()].map(({ endsAt }) => endsAt));

describe('a schedule', () => {
  it('begins with what has most to come after it', () => {
    const jobs = [job('short', 1), job('long', 1), job('rest', 5, ['long'], 'none')];

    expect(schedule(jobs, one).get('long')?.startsAt).to.equal(0);
    expect(endOf(jobs)).to.equal(6);
  });

  it('lets what needs nobody go on beside it', () => {
    expect(endOf([job('a', 3), job('b', 3, [], 'none'), job('c', 3, [], 'link')])).to.equal(3);
  });

  it('keeps nobody busy with what takes no time', () => {
    const jobs = [job('a', 3), job('nothing', 0), job('b', 3, ['nothing'], 'none')];

    expect(endOf(jobs)).to.equal(3);
  });

  it('tells who was waited for', () => {
    const done = schedule([job('a', 3), job('b', 2)], one);

    expect(done.get('b')).to.deep.equal({ startsAt: 3, endsAt: 5, startedBy: 'a', waitSeconds: 3 });
  });
});

const RESOURCES = ['none', 'technician', 'link'] as const;
const SIZE = 8;
const drawn = fc
  .record({
    seconds: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: SIZE, maxLength: SIZE }),
    resources: fc.array(fc.constantFrom(...RESOURCES), { minLength: SIZE, maxLength: SIZE }),
    edges: fc.array(fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1)), { maxLength: 14 }),
    technician: fc.integer({ min: 1, max: 3 }),
    link: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ seconds, resources, edges, technician, link }) => ({
    capacity: { technician, link },
    jobs: seconds.map((time, at) =>
      job(
        `${at}`,
        time,
        [...new Set(edges.filter(([from, to]) => from < to && to === at).map(([from]) => `${from}`))],
        resources[at]!,
      ),
    ),
  }));

describe('any schedule', () => {
  it('begins nothing before what it waits for, and never uses more than there is', () => {
    fc.assert(
      fc.property(drawn, ({ jobs, capacity }) => {
        const done = schedule(jobs, capacity);

        for (const { id, after, seconds } of jobs) {
          const { startsAt, endsAt } = done.get(id)!;
          expect(endsAt - startsAt).to.equal(seconds);
          for (const before of after) expect(done.get(before)!.endsAt).to.be.at.most(startsAt);
        }
        for (const { startsAt } of done.values())
          for (const kind of ['technician', 'link'] as const)
            expect(busyAt(startsAt, kind, jobs, done)).to.be.at.most(capacity[kind]);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves nobody idle while there is work for them', () => {
    fc.assert(
      fc.property(drawn, ({ jobs, capacity }) => {
        const done = schedule(jobs, capacity);

        for (const { id, after, resource, seconds } of jobs) {
          const { startsAt, waitSeconds } = done.get(id)!;
          const ready = Math.max(0, ...after.map((before) => done.get(before)!.endsAt));
          expect(startsAt - ready).to.equal(waitSeconds);
          if (resource === 'none' || seconds === 0) expect(waitSeconds).to.equal(0);
          else
            for (let time = ready; time < startsAt; time += 1)
              expect(busyAt(time, resource, jobs, done)).to.equal(capacity[resource]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is the longest chain when there are hands and lines for all', () => {
    fc.assert(
      fc.property(drawn, ({ jobs }) => {
        const ends = new Map<string, number>();
        for (const { id, seconds, after } of jobs)
          ends.set(id, seconds + Math.max(0, ...after.map((before) => ends.get(before)!)));

        expect(endOf(jobs, { technician: SIZE, link: SIZE })).to.equal(Math.max(...ends.values()));
      }),
      { numRuns: 1000 },
    );
  });

  it('can be followed back from its end to its beginning without a gap', () => {
    fc.assert(
      fc.property(drawn, ({ jobs, capacity }) => {
        const done = schedule(jobs, capacity);

        for (const { startsAt, startedBy } of done.values())
          expect(startedBy === null ? 0 : done.get(startedBy)!.endsAt).to.equal(startsAt);
      }),
      { numRuns: 1000 },
    );
  });
});

const busyAt = (time: number, kind: Job['resource'], jobs: Job[], done: ReturnType<typeof schedule>) =>
  jobs.filter(
    ({ id, resource }) => resource === kind && done.get(id)!.startsAt <= time && time < done.get(id)!.endsAt,
  ).length;
