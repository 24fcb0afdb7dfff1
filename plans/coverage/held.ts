/** All that the predicates of coverage may look at, made ready once for a client. */
import type { ActivityFacts, AssetFacts, ClientFacts, EvidenceFacts } from '../facts.ts';
import { type AssetObjectives, assetObjectives } from '../readiness/asset-objectives.ts';
import { RESTORE_INTERVAL_DAYS } from '../readiness/compute-readiness.ts';
import { holdsData } from '../readiness/data-needed.ts';
import { byName, DATA_EDGES, reach } from '../readiness/graph.ts';
import type { Readiness } from '../readiness/readiness.ts';
import { isOlderThan } from '../readiness/restore-proof.ts';
import { type Survey, surveyOf } from '../readiness/survey.ts';
import { atMost, type Finding } from './finding.ts';
import { because } from './reasons.ts';
import { isExpired, type Records, recordsOf } from './records.ts';

export interface Held {
  now: string;
  survey: Survey;
  records: Records;
  /** Those of people and vendors alone. */
  statements: Records;
  /** Ids of assets that wait for each other. */
  circular: Set<string>;
  activities: ActivityFacts[];
  priorities: ActivityFacts[];
  /** Everything a backup is for, needed or not. */
  data: AssetFacts[];
  /** Data sets of priority activities. */
  priorityData: Set<string>;
  /** What the activities that need an asset ask of it, by asset. */
  objectives: Map<string, AssetObjectives>;
}

/** What a clause's evidence shows. `maxAgeDays` null: the record does not age by itself. */
export type Predicate = (held: Held, maxAgeDays: number | null) => Finding;

export function hold(facts: ClientFacts, readiness: Readiness): Held {
  const survey = surveyOf(facts, RESTORE_INTERVAL_DAYS);
  const activities = byName(facts.activities);
  const priorities = activities.filter(({ isPriority }) => isPriority);
  const dataOf = (activity: ActivityFacts) =>
    reach(survey.graph, activity, DATA_EDGES).assets.filter(holdsData);
  return {
    now: facts.now,
    survey,
    records: recordsOf(facts),
    statements: recordsOf({
      ...facts,
      evidence: facts.evidence.filter(({ assertedBy }) => assertedBy !== 'system'),
    }),
    circular: new Set(readiness.cycles.flat()),
    activities,
    priorities,
    data: byName(facts.assets).filter(holdsData),
    priorityData: new Set(priorities.flatMap(dataOf).map(({ id }) => id)),
    objectives: assetObjectives(facts),
  };
}

/**
 * A fact counts as proven only with a hashed record to point at, and only while both are fresh. `at` is when the fact
 * came about.
 */
export function traced(
  found: Finding,
  { code, subject, at, record }: { code: string; subject: string; at: string; record: EvidenceFacts | null },
  now: string,
  maxAgeDays: number | null,
): Finding {
  const evidence = record ? [record.id] : [];
  if (found.state === 'missing' || found.state === 'contradicted') return { ...found, evidence };
  if (!record) return atMost(found, 'declared', [because('coverage.no-hashed-record', { code, subject })]);
  const dated = { code, subject, recordedAt: at };
  if (maxAgeDays !== null && isOlderThan(at, now, maxAgeDays))
    return atMost(
      found,
      'proven-late',
      [because('coverage.record-too-old', { ...dated, maxAgeDays })],
      evidence,
    );
  if (isExpired(record, now))
    return atMost(found, 'proven-late', [because('coverage.record-expired', dated)], evidence);
  return atMost(found, 'proven', [], evidence);
}
