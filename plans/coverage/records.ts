/** Evidence records of a client, by what they are about: which still stand, and what they are worth. */
import type { ClientFacts, EvidenceFacts } from '../facts.ts';
import { isOlderThan } from '../readiness/restore-proof.ts';
import { compareTimes } from '../readiness/time.ts';
import { combine, type Finding, finding, isBetter } from './finding.ts';
import { because } from './reasons.ts';

type SubjectKind =
  | 'activity'
  | 'asset'
  | 'plan'
  | 'client'
  | 'exercise'
  | 'incident'
  | 'scenario'
  | 'contact'
  | 'key-holder';
type SubjectKey = `${SubjectKind}:${string}`;

/** Newest first, by code and subject. */
export type Records = Map<string, Map<SubjectKey, EvidenceFacts[]>>;

/**
 * Records about what the facts hold. A test or a recovery point speaks of its asset; what has left the inventory says
 * nothing of the client as it is now.
 */
export function recordsOf(facts: ClientFacts): Records {
  const subjects = subjectsOf(facts);
  const records: Records = new Map();
  const newestFirst = [...facts.evidence].sort(
    (left, right) => compareTimes(right.at, left.at) || (left.id < right.id ? -1 : 1),
  );
  for (const record of newestFirst) {
    const subject = subjects.get(`${record.subject.kind}:${record.subject.id}`);
    if (!subject) continue;
    const bySubject = records.get(record.code) ?? new Map<SubjectKey, EvidenceFacts[]>();
    const own = bySubject.get(subject) ?? [];
    own.push(record);
    records.set(record.code, bySubject.set(subject, own));
  }
  return records;
}

/**
 * What the records of a code show by themselves, where no other fact is held: nobody knows what all they should be
 * about, so the best one counts, unless another one contradicts.
 */
export function findingOfRecords(
  records: Records,
  code: string,
  { now, maxAgeDays }: { now: string; maxAgeDays: number | null },
): Finding {
  const contradictions = contradictionsIn(records, code, now);
  if (contradictions.length > 0) return combine(contradictions);
  return [...(records.get(code) ?? [])]
    .sort(bySubjectKey)
    .map(([, own]) => findingOfSubject(own, { code, now, maxAgeDays }))
    .reduce(
      (best, found) => (isBetter(found.state, best.state) ? found : best),
      finding('missing', [because('coverage.no-record', { code })]),
    );
}

/** Records of a code that say the opposite, one for each subject, and that nothing newer of equal weight takes back. */
export function contradictionsIn(records: Records, code: string, now: string): Finding[] {
  return [...(records.get(code) ?? [])]
    .sort(bySubjectKey)
    .map(([, own]) => standingContradiction(own, now))
    .filter((record) => record !== null)
    .map((record) =>
      finding('contradicted', [because('coverage.record-contradicts', told(record))], [record.id]),
    );
}

/** A record by the service itself that supports a code for a subject, of those `isMeant`: the newest valid one, else the newest. */
export function provingRecord(
  records: Records,
  code: string,
  subject: SubjectKey,
  { now, isMeant = () => true }: { now: string; isMeant?: (record: EvidenceFacts) => boolean },
): EvidenceFacts | null {
  const own = records.get(code)?.get(subject) ?? [];
  const proofs = own.filter((record) => isProof(record, now) && isMeant(record));
  return proofs.find((record) => !isExpired(record, now)) ?? proofs[0] ?? null;
}

export const isExpired = ({ validUntil }: EvidenceFacts, now: string): boolean =>
  validUntil !== null && compareTimes(validUntil, now) < 0;

function findingOfSubject(
  own: EvidenceFacts[],
  { code, now, maxAgeDays }: { code: string; now: string; maxAgeDays: number | null },
): Finding {
  const proofs = own.filter((record) => isProof(record, now));
  const isTooOld = ({ at }: EvidenceFacts) => maxAgeDays !== null && isOlderThan(at, now, maxAgeDays);
  const fresh = proofs.find((record) => !isExpired(record, now) && !isTooOld(record));
  if (fresh) return finding('proven', [], [fresh.id]);
  const [late] = proofs;
  if (late) {
    const dated = { code, subject: late.subject.name, recordedAt: late.at };
    const reason = isExpired(late, now)
      ? because('coverage.record-expired', dated)
      : because('coverage.record-too-old', { ...dated, maxAgeDays: maxAgeDays! });
    return finding('proven-late', [reason], [late.id]);
  }
  return findingOfStatements(own, now, isTooOld);
}

/** What people or vendors say: declared while it is valid, and nothing afterwards. */
function findingOfStatements(
  own: EvidenceFacts[],
  now: string,
  isTooOld: (record: EvidenceFacts) => boolean,
): Finding {
  const statements = own.filter(
    ({ finding: says, assertedBy, at }) =>
      says === 'supports' && assertedBy !== 'system' && compareTimes(at, now) <= 0,
  );
  const valid = statements.find((record) => !isExpired(record, now) && !isTooOld(record));
  if (valid) return finding('declared', [because('coverage.declared-only', told(valid))], [valid.id]);
  const [expired] = statements;
  if (!expired) return finding('missing');
  return finding('missing', [because('coverage.declaration-expired', told(expired))], [expired.id]);
}

/** A person's word does not take back what the service found. */
function standingContradiction(own: EvidenceFacts[], now: string): EvidenceFacts | null {
  const weight = ({ assertedBy }: EvidenceFacts) => (assertedBy === 'system' ? 1 : 0);
  const isTakenBack = (record: EvidenceFacts) =>
    own.some(
      (later) =>
        later.finding === 'supports' &&
        compareTimes(later.at, now) <= 0 &&
        compareTimes(later.at, record.at) > 0 &&
        weight(later) >= weight(record),
    );
  return own.find((record) => record.finding === 'contradicts' && !isTakenBack(record)) ?? null;
}

const isProof = ({ finding: says, assertedBy, at }: EvidenceFacts, now: string) =>
  says === 'supports' && assertedBy === 'system' && compareTimes(at, now) <= 0;

const told = ({ code, subject, by, at }: EvidenceFacts) => ({
  code,
  subject: subject.name,
  by,
  recordedAt: at,
});

const bySubjectKey = ([left]: [string, unknown], [right]: [string, unknown]) => (left < right ? -1 : 1);

/** Whom a record is counted for, by the subject it names. */
function subjectsOf(facts: ClientFacts) {
  const { client, activities, assets, plans, recoveryPoints, restoreTests } = facts;
  const known = new Set(assets.map(({ id }) => id));
  const ofAsset = (kind: string, rows: { id: string; asset: string }[]) =>
    rows
      .filter(({ asset }) => known.has(asset))
      .map(({ id, asset }) => [`${kind}:${id}`, `asset:${asset}`] as const);
  const itself = (kind: SubjectKind, rows: { id: string }[]) =>
    rows.map(({ id }) => [`${kind}:${id}`, `${kind}:${id}`] as const);
  return new Map<string, SubjectKey>([
    ...itself('client', [client]),
    ...itself('activity', activities),
    ...itself('asset', assets),
    ...itself('plan', plans),
    ...itself('exercise', facts.exercises),
    ...itself('incident', facts.incidents),
    ...itself('scenario', facts.scenarios),
    ...itself('contact', facts.contacts),
    ...itself(
      'key-holder',
      facts.recoveryKeys.flatMap(({ holders }) => holders),
    ),
    ...ofAsset('restore-test', restoreTests),
    ...ofAsset('recovery-point', recoveryPoints),
  ]);
}
