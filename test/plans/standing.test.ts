import { expect } from 'chai';
import { computeStanding } from '#/plans/standing.ts';
import { ago, aPlan, aReadyClient, DAY, NOW } from '../readiness/client.ts';

const inDays = (days: number) => ago(-days * DAY).slice(0, 10);
const overdue = (given: Parameters<typeof aReadyClient>[0]) =>
  computeStanding(aReadyClient(given)).overdueReviews;

describe('overdue reviews of a client', () => {
  const review = { id: 'r', of: { kind: 'incident' as const, id: 'i', title: 'Fire' }, heldOn: null };
  const study = {
    id: 's',
    number: 1,
    approvedAt: ago(400 * DAY),
    approvedBy: 'Bob',
    sha256: 'ab',
    activities: [],
  };

  it('are none while nothing is due', () => {
    expect(
      overdue({
        reviews: [{ ...review, dueOn: inDays(1), closedAt: null }],
        study: { ...study, nextReviewOn: inDays(1) },
      }),
    ).to.equal(0);
  });

  it('count reviews that nobody closed in time', () => {
    expect(overdue({ reviews: [{ ...review, dueOn: inDays(-1), closedAt: null }] })).to.equal(1);
    expect(overdue({ reviews: [{ ...review, dueOn: inDays(-1), closedAt: NOW }] })).to.equal(0);
  });

  it('count an impact analysis whose day has passed', () => {
    expect(overdue({ study: { ...study, nextReviewOn: inDays(-1) } })).to.equal(1);
  });

  it('count plans in force that were approved too long ago', () => {
    expect(overdue({ plans: [aPlan({ reviewIntervalDays: 10 })] })).to.equal(1);
    expect(overdue({ plans: [aPlan({ reviewIntervalDays: 30 })] })).to.equal(0);
  });
});
