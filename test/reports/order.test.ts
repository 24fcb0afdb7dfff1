/** What comes first in the report, and what is told in short once there is much of it. */
import { expect } from 'chai';
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { citationsOf } from '#/server/pdf/view/citations.ts';
import { restoreTestsView } from '#/server/pdf/view/restore-tests.ts';
import { voiceOf } from '#/server/pdf/view/voice.ts';
import { loadTemplates } from '#/server/templates.ts';
import { ATELIERS, snapshotOf } from './examples.ts';

type Test = ReadinessSnapshot['restoreTests'][number];

const templates = loadTemplates();
const voice = voiceOf(templates, 'fr', 'Europe/Paris');
const snapshot = snapshotOf(ATELIERS, 'fr');
const passed = snapshot.restoreTests.find(({ state }) => state === 'passed')!;

const viewOf = (restoreTests: Test[]) =>
  restoreTestsView({ ...snapshot, restoreTests }, voice, citationsOf(snapshot.evidence));

/** One test an hour, the newest last. */
const hourly = (count: number, given: Partial<Test> = {}): Test[] =>
  Array.from({ length: count }, (_, hour) => ({
    ...passed,
    finishedAt: new Date(Date.parse(snapshot.madeAt) - (count - hour) * 3_600_000).toISOString(),
    ...given,
  }));

describe('the order of the report', () => {
  it('tells few tests in full', () => {
    const { tests, inShort } = viewOf(hourly(8));

    expect([tests.length, inShort.length]).to.deep.equal([8, 0]);
  });

  it('tells the newest pass of each asset and level in full, and those it repeats in short', () => {
    const { tests, inShort } = viewOf([...hourly(20), ...hourly(5, { asset: 'Other' })]);

    expect([tests.length, inShort.length]).to.deep.equal([2, 23]);
    expect(tests[0]!.finished).to.equal(voice.moment(hourly(1)[0]!.finishedAt));
  });

  it('tells every test that did not pass in full, however many there are', () => {
    const missed = hourly(10, { plantedFaults: 7, caught: 6 });
    const { tests, inShort } = viewOf([...missed, ...hourly(10, { state: 'failed' }), ...hourly(3)]);

    expect([tests.length, inShort.length]).to.deep.equal([21, 2]);
    expect(inShort.every(({ tone }) => tone === 'is-passed')).to.equal(true);
  });

  it('puts priority activities first, the weakest on top', () => {
    const html = renderReportHtml(snapshot, templates);
    const expected = snapshot.readiness.activities
      .toSorted((left, right) => left.level - right.level)
      .toSorted((left, right) => Number(right.isPriority) - Number(left.isPriority))
      .map(({ name }) => name);
    const places = expected.map((name) => html.indexOf(`<article class="activity"><header><h3>${name}`));

    expect(places).to.deep.equal(places.toSorted((left, right) => left - right));
    expect(places).not.to.include(-1);
  });

  it('prints clause numbers as their texts write them', () => {
    expect(renderReportHtml(snapshot, templates))
      .to.match(/>8\.2\.2</)
      .and.not.match(/>8\.2\.2#/);
  });
});
