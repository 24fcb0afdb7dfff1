/** Promised against measured: how the provider stands to a service agreement, line by line. */
import type { AgreementFacts, IncidentFacts } from './continuity-facts.ts';
import type { ClientFacts } from './facts.ts';
import { type Hours, isOpenAt } from './hours.ts';

export const PROMISES = [
  'response',
  'recovery',
  'restore-test',
  'drill',
  'report',
  'backup-success',
] as const;

export interface PromiseStanding {
  promise: (typeof PROMISES)[number];
  /** `unmeasured`: promised, and nothing has happened by which it could be judged. */
  verdict: 'kept' | 'broken' | 'unmeasured';
  /** Seconds, days or percent, as the promise has it. */
  promised: number;
  /** The worst that was measured; days since the last one; the share. Null while unmeasured. */
  measured: number | null;
  /** Ids of the records behind it. */
  records: string[];
}

const DAY_MS = 86_400_000;

/** Only lines that the agreement has. Incidents count from the day it began. */
export function agreementStanding(agreement: AgreementFacts, facts: ClientFacts): PromiseStanding[] {
  const incidents = facts.incidents.filter(
    ({ detectedAt }) => detectedAt.slice(0, 10) >= agreement.validFrom,
  );
  const tests = facts.restoreTests.filter(
    ({ state, unshown }) => state === 'failed' || (state === 'passed' && unshown === undefined),
  );
  const drills = facts.exercises.filter(({ state }) => state === 'done');
  const { backupsSucceeded, backupsFailed, lastReportAt } = facts.service;
  return [
    ...worst(
      'response',
      agreement.responseSeconds,
      responses(incidents, agreement.coverHours, facts.client.timeZone),
    ),
    ...worst('recovery', agreement.recoverySeconds, recoveries(incidents)),
    ...cadence(
      'restore-test',
      agreement.restoreTestDays,
      tests.map(({ id, finishedAt }) => ({ id, at: finishedAt })),
      agreement,
      facts.now,
    ),
    ...cadence(
      'drill',
      agreement.drillDays,
      drills.map(({ id, endedAt }) => ({ id, at: endedAt })),
      agreement,
      facts.now,
    ),
    ...cadence(
      'report',
      agreement.reportDays,
      lastReportAt ? [{ id: null, at: lastReportAt }] : [],
      agreement,
      facts.now,
    ),
    ...share(agreement.backupSuccessPercent, backupsSucceeded, backupsFailed),
  ];
}

interface Measured {
  id: string;
  seconds: number;
}

/** From noticing to declaring, for what was noticed within the hours of cover. */
function responses(incidents: IncidentFacts[], cover: Hours, zone: string): Measured[] {
  return incidents.flatMap(({ id, detectedAt, declaredAt }) =>
    declaredAt && isOpenAt(cover, detectedAt, zone)
      ? [{ id, seconds: secondsBetween(detectedAt, declaredAt) }]
      : [],
  );
}

const recoveries = (incidents: IncidentFacts[]): Measured[] =>
  incidents.flatMap(({ id, detectedAt, restoredAt }) =>
    restoredAt ? [{ id, seconds: secondsBetween(detectedAt, restoredAt) }] : [],
  );

function worst(
  promise: PromiseStanding['promise'],
  promised: number | null,
  measured: Measured[],
): PromiseStanding[] {
  if (promised === null) return [];
  if (measured.length === 0)
    return [{ promise, verdict: 'unmeasured', promised, measured: null, records: [] }];
  const slowest = Math.max(...measured.map(({ seconds }) => seconds));
  const records = measured.filter(({ seconds }) => seconds === slowest).map(({ id }) => id);
  return [
    { promise, verdict: slowest <= promised ? 'kept' : 'broken', promised, measured: slowest, records },
  ];
}

/** Every so many days, from the day the agreement began: a first one is not due before. */
function cadence(
  promise: PromiseStanding['promise'],
  promised: number | null,
  events: { id: string | null; at: string | null }[],
  { validFrom }: AgreementFacts,
  now: string,
): PromiseStanding[] {
  if (promised === null) return [];
  const ended = events.filter((event) => event.at !== null && event.at <= now);
  const last = ended.reduce<(typeof ended)[number] | null>(
    (best, event) => (best === null || event.at! > best.at! ? event : best),
    null,
  );
  const since = last?.at ?? `${validFrom}T00:00:00.000Z`;
  const days = Math.floor((Date.parse(now) - Date.parse(since)) / DAY_MS);
  const isLate = days > promised;
  const verdict = isLate ? 'broken' : last ? 'kept' : 'unmeasured';
  return [
    {
      promise,
      verdict,
      promised,
      measured: last || isLate ? days : null,
      records: last?.id ? [last.id] : [],
    },
  ];
}

function share(promised: number | null, succeeded: number, failed: number): PromiseStanding[] {
  if (promised === null) return [];
  const all = succeeded + failed;
  const promise = 'backup-success';
  if (all === 0) return [{ promise, verdict: 'unmeasured', promised, measured: null, records: [] }];
  const measured = (succeeded / all) * 100;
  return [{ promise, verdict: measured >= promised ? 'kept' : 'broken', promised, measured, records: [] }];
}

const secondsBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 1000);
