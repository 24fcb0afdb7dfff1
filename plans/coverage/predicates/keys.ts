/** Whether those who hold a recovery key were seen to open something with it. */
import type { RecoveryKeyFacts } from '../../facts.ts';
import { combine, type Finding, finding } from '../finding.ts';
import { type Held, type Predicate, traced } from '../held.ts';
import { because } from '../reasons.ts';
import { contradictionsIn, findingOfRecords, provingRecord } from '../records.ts';

/** KEY: each holder of each recovery key opened a sealed answer with it in time. Without a key of ours only records speak. */
export const keys: Predicate = (held, maxAgeDays) => {
  const recoveryKeys = held.survey.facts.recoveryKeys.map((key) => ({
    ...key,
    holders: key.holders.filter(({ hasLeft }) => !hasLeft),
  }));
  if (recoveryKeys.every(({ holders }) => holders.length === 0))
    return findingOfRecords(held.records, 'KEY', { now: held.now, maxAgeDays });
  return combine([
    ...contradictionsIn(held.records, 'KEY', held.now),
    ...recoveryKeys.map((key) => keyOf(key, held, maxAgeDays)),
  ]);
};

function keyOf({ fingerprint, holders }: RecoveryKeyFacts, held: Held, maxAgeDays: number | null): Finding {
  if (holders.length === 0)
    return finding('missing', [because('coverage.key-without-holder', { fingerprint })]);
  return combine(holders.map((holder) => holderOf(fingerprint, holder, held, maxAgeDays)));
}

function holderOf(
  fingerprint: string,
  { id, name, openedAt }: RecoveryKeyFacts['holders'][number],
  { records, now }: Held,
  maxAgeDays: number | null,
): Finding {
  if (openedAt === null)
    return finding('missing', [because('coverage.key-never-opened', { contact: name, fingerprint })]);
  const isMeant = ({ at }: { at: string }) => Date.parse(at) >= Date.parse(openedAt);
  const record = provingRecord(records, 'KEY', `key-holder:${id}`, { now, isMeant });
  return traced(finding('proven'), { code: 'KEY', subject: name, at: openedAt, record }, now, maxAgeDays);
}
