/** Chapters 5 and 6 and the annex: plans, recovery points and evidence, as they are held. */
import type { NumberedEvidence } from '#/plans/reports/numbered-evidence.ts';
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import { pointsTimeline } from '#/server/charts/points-timeline.ts';
import { signOf } from '#/server/charts/signs.ts';
import { outcomeOf } from './restore-tests.ts';
import { someOf, type Voice } from './voice.ts';

type Plan = ReadinessSnapshot['plans'][number];
type Point = ReadinessSnapshot['recoveryPoints'][number];

export function plansView({ plans }: ReadinessSnapshot, voice: Voice) {
  const without = plans.filter(({ version, approvals }) => version === null || approvals.length === 0).length;
  const title = () => {
    if (plans.length === 0) return voice.say('plans.title.none');
    if (without > 0) return someOf('plans.title.some', { count: without, total: plans.length }, voice);
    return voice.say('plans.title.all', { count: plans.length });
  };
  return { title: title(), plans: plans.map((plan) => planView(plan, voice)) };
}

function planView({ kind, title, owner, version, sha256, approvals }: Plan, voice: Voice) {
  return {
    kind: voice.say(`plan-kind.${kind}`),
    title,
    owner: owner ?? voice.say('plans.no-owner'),
    version: version === null ? voice.say('plans.no-version') : voice.say('plans.version', { version }),
    sign: signOf(version === null || approvals.length === 0 ? 'missing' : 'proven'),
    hash: sha256 ?? '',
    approvals: approvals.map(({ by, role, at }) =>
      voice.say('plans.approval', { by, role: voice.say(`role.${role}`), approvedAt: at }),
    ),
  };
}

export function pointsView(snapshot: ReadinessSnapshot, voice: Voice) {
  const { recoveryPoints } = snapshot;
  const assets = [...new Set(recoveryPoints.map(({ asset }) => asset))].sort();
  const reserved = recoveryPoints.filter(({ reservations }) => reservations > 0).length;
  const newestFirst = recoveryPoints.toSorted((left, right) => right.dataTime.localeCompare(left.dataTime));
  const title = () => {
    if (recoveryPoints.length === 0) return voice.say('points.title.none');
    const count = recoveryPoints.length;
    return reserved > 0
      ? voice.say('points.title.reserved', { count, reserved })
      : voice.say('points.title.clean', { count });
  };
  return {
    title: title(),
    timelines: assets.map((asset) => timelineView(asset, snapshot, voice)),
    points: newestFirst.map((point) => pointView(point, voice)),
  };
}

function timelineView(
  asset: string,
  { recoveryPoints, restoreTests, period }: ReadinessSnapshot,
  voice: Voice,
) {
  const tests = restoreTests.filter((test) => test.asset === asset);
  const outcome = (id: string) => {
    const outcomes = tests.filter(({ point }) => point === id).map(outcomeOf);
    if (outcomes.includes('failed')) return 'failed' as const;
    return outcomes.includes('passed') ? ('passed' as const) : ('untested' as const);
  };
  const points = recoveryPoints
    .filter((point) => point.asset === asset)
    .map(({ id, dataTime }) => ({ at: dataTime, outcome: outcome(id) }));
  const passed = points.filter((point) => point.outcome === 'passed').length;
  const told = voice.say('points.tested', { count: points.length, passed });
  return {
    asset,
    told,
    chart: pointsTimeline({ ...period, points, title: voice.say('chart.points', { asset }), desc: told }),
  };
}

function pointView(point: Point, voice: Voice) {
  return {
    asset: point.asset,
    id: point.id,
    dataTime: voice.moment(point.dataTime),
    size: voice.say('points.size', { bytes: point.bytes, storedBytes: point.storedBytes }),
    files: point.files,
    reservations: point.reservations,
    tone: point.reservations > 0 ? 'is-late' : '',
    hash: point.headSha256,
  };
}

export function evidenceView(evidence: NumberedEvidence[], voice: Voice) {
  const system = evidence.filter(({ assertedBy }) => assertedBy === 'system').length;
  const said = evidence.length - system;
  const title =
    evidence.length === 0
      ? voice.say('evidence.title.none')
      : voice.say('evidence.title', { count: evidence.length, system, said });
  return {
    title,
    rows: evidence.map((record) => ({
      number: record.number,
      kind: voice.kind(record.code),
      isContrary: record.finding === 'contradicts',
      contrary: signOf('contradicted', 9),
      subject: record.subject.name,
      date: voice.moment(record.at),
      sign: signOf(record.assertedBy),
      tone: `by-${record.assertedBy}`,
      assertedBy: voice.say(`asserted.${record.assertedBy}`),
      by: record.by,
      hash: record.sha256,
    })),
  };
}
