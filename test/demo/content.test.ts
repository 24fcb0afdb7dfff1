import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import type { Expectation } from '#/plans/assertions.ts';
import { countPlaceholders } from '#/plans/placeholders.ts';
import { SECTIONS_OF } from '#/plans/plan-sections.ts';
import { clockAt } from '#/server/demo/clock.ts';
import { ASSERTIONS } from '#/server/demo/content/vernazet/assertions.ts';
import { VERNAZET } from '#/server/demo/content/vernazet/client.ts';
import { fillErpDatabase } from '#/server/demo/erp-database.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgresql.ts';

const CLOCK = clockAt(new Date('2026-06-01T08:00:00Z'));

describe('the texts of the demo', () => {
  it('answer every question of the starting texts', () => {
    for (const { plan, versions } of VERNAZET.plans)
      for (const { sections, steps } of versions)
        expect(
          countPlaceholders([JSON.stringify(sections?.(CLOCK)), JSON.stringify(steps)]),
          plan.title,
        ).to.equal(0);
  });

  it('say something else in a version than in the one before', () => {
    for (const { plan, versions } of VERNAZET.plans.filter((one) => one.versions.length > 1)) {
      const [before, after] = versions.map(({ sections }) => JSON.stringify(sections?.(CLOCK)));
      expect(after, plan.title).not.to.equal(before);
    }
  });

  it('are written out, section by section', () => {
    for (const { plan, versions } of VERNAZET.plans) {
      const sections = versions[0]!.sections!(CLOCK);
      expect(sections.map(({ kind }) => kind)).to.have.members([...SECTIONS_OF[plan.kind]]);
      for (const { kind, body } of sections) {
        const words = body.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length;
        expect(words, `${plan.title}, ${kind}`).to.be.greaterThan(120);
        expect(body, `${plan.title}, ${kind}`).not.to.match(/XXX|TODO|lorem/i);
      }
    }
  });
});

describe('the ERP database of the demo', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });

  after(() => database.drop());

  it('is filled once, the same each time', async () => {
    const first = await fillErpDatabase(database.ownerUrl);
    const second = await fillErpDatabase(database.ownerUrl);

    expect(first).to.deep.equal({ tables: 10, rows: 34_540 });
    expect(second).to.deep.equal(first);
  });

  for (const { name, query, expectation } of ASSERTIONS)
    it(`answers: ${name}`, async () => {
      await using session = await openSession(database.ownerUrl);

      const answer = await session.queryText(query);

      expect(answer).to.have.length(1);
      expect(answer[0]).to.have.length(1);
      expect(isAsExpected(answer[0]?.[0] ?? null, expectation), String(answer)).to.equal(true);
    });
});

function isAsExpected(answer: string | null, expectation: Expectation): boolean {
  if (expectation.op === 'not-empty') return answer !== null && answer !== '';
  if (expectation.op === '=') return answer === String(expectation.value);
  if (expectation.op === '>=') return Number(answer) >= expectation.value;
  return Number(answer) >= expectation.low && Number(answer) <= expectation.high;
}
