/** Each title is a conclusion that the data bear out: none, one and many; good, bad and unknown. */
import { expect } from 'chai';
import type { ClientFacts } from '#/plans/facts.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { loadTemplates } from '#/server/templates.ts';
import { aFailedTest, anActivity, aPoint, aReadyClient, aTest, DAY, HOUR } from '../readiness/client.ts';
import { ATELIERS, NOBODY, snapshotOf } from './examples.ts';

const templates = loadTemplates();

function titlesOf(facts: ClientFacts): string[] {
  const html = renderReportHtml(snapshotOf(facts, 'en'), templates);
  return [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title!.replace(/\u00a0/g, ' '));
}

describe('the titles of the report', () => {
  it('claim nothing of a client of whom nothing is recorded', () => {
    const titles = titlesOf(NOBODY);

    expect(titles).to.include.members([
      'Nothing is recorded yet for Cabinet Neuf: this report can prove nothing',
      'No activity is recorded: recovery readiness is unknown',
      'No restore test was run: nothing shows that the data come back',
      'No plan is recorded',
      'No recovery point is held',
      'No record is held: no figure of this report is proven',
    ]);
    expect(titles).to.include('ISO 22301: none of the 30 clauses is proven to date');
  });

  it('put contradictions before everything else', () => {
    expect(titlesOf(ATELIERS)).to.include(
      'Ateliers Brégançon stands at step R1, and 8 contradictions come first',
    );
  });

  it('tell late, unmeasured and failed apart', () => {
    const titles = titlesOf(ATELIERS);

    expect(titles).to.include('Of 3 priority activities, 1 over RTO and 1 without a full measure');
    expect(titles).to.include('Of 6 restore tests, 1 failed and 1 proved nothing');
  });

  it('say that all is within when it is, and no more', () => {
    const titles = titlesOf(aReadyClient());

    expect(titles).to.include(
      'Clinic stands at step R5: every priority activity meets its objectives as measured',
    );
    expect(titles).to.include(
      'The only priority activity recovers within its RTO, as the measured restores show',
    );
    expect(titles).to.include('All 3 restore tests passed, with every planted fault caught');
    expect(titles).to.include('The only plan recorded has a version in force, with a named approval');
    expect(titles).to.include('One recovery point is held, without reservations at capture');
  });

  it('do not call a pass that missed a planted fault a success', () => {
    const facts = aReadyClient({ restoreTests: [aTest('sql', HOUR, { caught: 6 })] });

    expect(titlesOf(facts)).to.include('The only restore test proves nothing');
  });

  it('count failures, and speak of activities without an objective', () => {
    const failed = aReadyClient({
      restoreTests: [aFailedTest('sql', HOUR), aFailedTest('host', HOUR), aTest('erp', HOUR)],
    });
    const aimless = aReadyClient({ activities: [anActivity({ rtoSeconds: null })] });

    expect(titlesOf(failed)).to.include('2 of 3 restore tests failed');
    expect(titlesOf(aimless)).to.include('The only priority activity has no RTO to be held against');
  });

  it('say when nothing is marked as priority', () => {
    const facts = aReadyClient({ activities: [anActivity({ isPriority: false })] });

    expect(titlesOf(facts)).to.include('No activity of Clinic is marked as priority: the step remains R0');
    expect(titlesOf(facts)).to.include('One activity is recorded, but it is not marked as priority');
  });

  it('mention reservations', () => {
    const reserved = { torn: 1, vanished: 0, unreadable: 0, skipped: 0 };
    const facts = aReadyClient({
      recoveryPoints: [aPoint('sql', DAY, { reservations: reserved }), aPoint('sql', 2 * DAY)],
    });

    expect(titlesOf(facts)).to.include('2 recovery points are held, 1 of them with reservations');
  });
});
