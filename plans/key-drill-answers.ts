/** Answers to key drills: what is right and what is wrong, and what a holder's machine told of a restore. */
import { z } from 'zod';
import { allow, may } from './access.ts';
import { record } from './audit.ts';
import { conflict, invalid, Refusal } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { type Finding, findingColumns } from './findings.ts';
import { type ForeignResult, readForeignResult } from './foreign-results.ts';
import { hashOfAnswer, readAnswer } from './key-answers.ts';
import { findKeyDrillInterval } from './key-drill-interval.ts';
import { findKeyDrill, findKeyDrillForChange, type KeyDrill } from './key-drills.ts';
import { dueAfter } from './key-holders.ts';
import { listPublicKeys, listSealedVerifiers } from './keys.ts';
import { findRecoveryPoint } from './recovery-points.ts';
import { checksumsOf } from './store-probes.ts';
import { personOf, type Work } from './work.ts';

const MOST_WRONG = 5;

/** After a wrong answer nobody answers for so long. */
const PAUSE_MS = 60_000;

/** A year, as for every restore test. */
const PROOF_VALID_MS = 365 * 86_400_000;

export const DrillAnswer = z.object({ answer: z.string().trim().min(1).max(60) });

export const DrillResult = z.object({ result: z.string().trim().min(1).max(8000) });

/** Takes an answer. A wrong one is counted, and not refused: a refusal would take the count back. */
export async function answerKeyDrill(work: Work, id: string, { answer }: z.infer<typeof DrillAnswer>) {
  const drill = await findAnswerable(work, id);
  if (drill.recoveryPoint) throw invalid('answer', 'key-drill.result-wanted');
  if (!(await take(work, drill, answer))) return findKeyDrill(work, id);
  await end(work, drill, 'passed', null);
  return findKeyDrill(work, id);
}

/** Takes what the holder's machine told of a restore. The answer in it is proof of the key; a job compares the rest. */
export async function giveDrillResult(work: Work, id: string, { result }: z.infer<typeof DrillResult>) {
  const drill = await findAnswerable(work, id);
  if (!drill.recoveryPoint) throw invalid('result', 'key-drill.answer-wanted');
  const told = readForeignResult(result);
  if (!told) throw invalid('result', 'key-drill.unreadable-result');
  if (told.drill !== id || told.point !== drill.point) throw invalid('result', 'key-drill.other-result');
  if (!(await take(work, drill, told.answer, 'result'))) return findKeyDrill(work, id);
  const { answer: _, ...kept } = told;
  await work.db
    .updateTable('key_drills')
    .set({ state: 'judging', told: JSON.stringify(kept) })
    .where('id', '=', id)
    .execute();
  await work.enqueue('judge-foreign-restore', { drillId: id });
  return findKeyDrill(work, id);
}

/** What the job needs to restore the same point and compare; null when the drill has ended already. */
export async function startJudging(work: Work, id: string) {
  const drill = await findKeyDrill(work, id);
  if (drill.state !== 'judging' || !drill.recoveryPoint) return null;
  const point = await findRecoveryPoint(work, drill.recoveryPoint);
  const [store, { told, challenge }] = [
    await work.db
      .selectFrom('stores')
      .select(['address', 'sealed_credentials', 'probe'])
      .where('id', '=', point.store.id)
      .executeTakeFirstOrThrow(),
    await work.db
      .selectFrom('key_drills')
      .select(['told', 'challenge'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow(),
  ];
  return {
    point,
    challenge,
    told: told as Omit<ForeignResult, 'answer'>,
    store: {
      address: store.address,
      sealedCredentials: store.sealed_credentials,
      checksums: checksumsOf(store.probe),
    },
    sealedIdentities: await listSealedVerifiers(work, drill.client),
    trust: await listPublicKeys(work, 'point-signing'),
  };
}

/** Writes down what came of comparing, once. The key was shown by the answer, whatever is found here. */
export async function finishJudging(
  work: Work,
  id: string,
  {
    verdict,
    finding,
    compared,
  }: { verdict: 'passed' | 'failed' | 'inconclusive'; finding: Finding | null; compared: object },
) {
  allow(work, 'work.finish');
  const drill = await findKeyDrill(work, id);
  if (drill.state !== 'judging' || !drill.asset || !drill.recoveryPoint) return;
  await work.db
    .updateTable('key_drills')
    .set({ result: JSON.stringify(compared) })
    .where('id', '=', id)
    .execute();
  await end(work, drill, verdict, finding);
  if (verdict === 'inconclusive') return;
  // That foreign programs did it is what the holder's machine says; that the data came back is compared here.
  await recordEvidence(work, {
    client: drill.client,
    code: 'RST',
    // Of the point, beside what restore tests say of the asset: neither hides the other.
    subject: { kind: 'recovery-point', id: drill.recoveryPoint, name: drill.asset.name },
    finding: verdict === 'passed' ? 'supports' : 'contradicts',
    assertedBy: 'system',
    validUntil: verdict === 'passed' ? new Date(work.now.getTime() + PROOF_VALID_MS) : null,
    content: {
      drill: id,
      holder: drill.name,
      fingerprint: drill.fingerprint,
      point: drill.point,
      compared,
      finding,
    },
  });
}

/** Whether this actor may answer this drill: staff for anybody, an approver of the client for themselves. */
export const mayAnswer = (work: Pick<Work, 'actor'>, drill: KeyDrill): boolean =>
  may(work, 'key-drill.answer') && (work.actor.role !== 'client-approver' || isHolder(work, drill));

async function findAnswerable(work: Work, id: string): Promise<KeyDrill> {
  allow(work, 'key-drill.answer');
  const drill = await findKeyDrillForChange(work, id);
  if (!mayAnswer(work, drill)) throw new Refusal('forbidden', 'key-drill.not-yours');
  if (drill.state === 'expired') throw conflict('key-drill.expired');
  if (drill.state !== 'open') throw conflict('key-drill.ended');
  return drill;
}

/** Compares an answer; of a right one the key is shown, whatever follows. */
async function take(work: Work, drill: KeyDrill, answer: string, field = 'answer'): Promise<boolean> {
  const row = await work.db
    .selectFrom('key_drills')
    .select(['salt', 'answer_sha256', 'wrong_answers', 'last_wrong_at'])
    .where('id', '=', drill.id)
    .executeTakeFirstOrThrow();
  if (row.last_wrong_at && work.now.getTime() - row.last_wrong_at.getTime() < PAUSE_MS)
    throw new Refusal('too-many', 'key-drill.too-soon');
  if (readAnswer(answer) === null) throw invalid(field, 'key-drill.mistyped');
  if (hashOfAnswer(row.salt, answer) !== row.answer_sha256) {
    await countWrong(work, drill, row.wrong_answers + 1);
    return false;
  }
  await noteOpened(work, drill);
  return true;
}

async function countWrong(work: Work, drill: KeyDrill, wrong: number) {
  await work.db
    .updateTable('key_drills')
    .set({ wrong_answers: wrong, last_wrong_at: work.now })
    .where('id', '=', drill.id)
    .execute();
  await record(work, 'key-drill.answered-wrongly', objectOf(drill), { wrongAnswers: wrong });
  if (wrong < MOST_WRONG) return;
  await end(work, drill, 'failed', {
    code: 'key-drill.wrong-answers',
    params: { count: wrong },
    message: `${wrong} wrong answers were given.`,
  });
  await recordEvidence(work, { ...keyRecordOf(drill), finding: 'contradicts', validUntil: null });
}

async function noteOpened(work: Work, drill: KeyDrill) {
  const isByHolder = isHolder(work, drill);
  await work.db
    .updateTable('key_drills')
    .set({ opened_at: work.now, opened_by: work.actor.name, is_by_holder: isByHolder })
    .where('id', '=', drill.id)
    .execute();
  const { fingerprint, name: holder } = drill;
  await record(work, 'key-drill.opened', objectOf(drill), { fingerprint, holder, isByHolder });
  const { days } = await findKeyDrillInterval(work, drill.client);
  await recordEvidence(work, {
    ...keyRecordOf(drill, { openedBy: work.actor.name, isByHolder }),
    finding: 'supports',
    validUntil: dueAfter(work.now, days),
  });
}

const keyRecordOf = (drill: KeyDrill, told: object = {}) => ({
  client: drill.client,
  code: 'KEY',
  subject: { kind: 'key-holder' as const, id: drill.holder, name: drill.name },
  assertedBy: 'system' as const,
  content: { drill: drill.id, holder: drill.name, fingerprint: drill.fingerprint, ...told },
});

async function end(
  work: Work,
  drill: KeyDrill,
  state: 'passed' | 'failed' | 'inconclusive',
  finding: Finding | null,
) {
  await work.db
    .updateTable('key_drills')
    .set({ state, ended_at: work.now, ...findingColumns(finding) })
    .where('id', '=', drill.id)
    .execute();
  await record(work, `key-drill.${state}`, objectOf(drill), { finding });
}

const objectOf = ({ id, client }: KeyDrill) => ({ kind: 'key-drill', id, client });

const isHolder = ({ actor }: Pick<Work, 'actor'>, { person }: KeyDrill): boolean =>
  person !== null && personOf(actor) === person;
