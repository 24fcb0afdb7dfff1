/** Makes the answer of a key drill, and seals it: from here on nobody but the holder of the key can read it. */
import { randomBytes } from 'node:crypto';
import { armour } from '#/jobs/recovery-points/age/armour.ts';
import { parseRecipient } from '#/jobs/recovery-points/age/keys.ts';
import { seal } from '#/jobs/recovery-points/age/seal.ts';
import { hashOfAnswer, newAnswer } from '#/plans/key-answers.ts';
import {
  addKeyDrill,
  type DrillOrder,
  type KeyDrill,
  listHoldersToAsk,
  type NewKeyDrill,
  type SealedAnswer,
} from '#/plans/key-drills.ts';
import type { Work } from '#/plans/work.ts';

/** Of one that the service asks for: people may be on holiday. */
const WITHIN_SECONDS = 14 * 86_400;

export const askForKeyDrill = (work: Work, client: string, drill: NewKeyDrill): Promise<KeyDrill> =>
  addKeyDrill(work, client, drill, sealAnswerFor);

/** Asks, for what recurs, whoever is due: what a holder showed counts for a time only. */
export async function askDueKeyDrills(work: Work): Promise<void> {
  const asked = { recoveryPoint: null, answerWithinSeconds: WITHIN_SECONDS };
  for (const { client, holder } of await listHoldersToAsk(work))
    await askForKeyDrill(work, client, { ...asked, holder });
}

function sealAnswerFor(recipient: string, order: DrillOrder | null): SealedAnswer {
  const answer = newAnswer();
  const challenge = randomBytes(16).toString('hex');
  const told = order ? { ...order, challenge } : {};
  const lines = [answer, ...Object.entries(told).map(([key, value]) => `${key}: ${value}`), ''];
  const salt = randomBytes(16).toString('hex');
  return {
    sealed: armour(seal(Buffer.from(lines.join('\n')), [parseRecipient(recipient)])),
    salt,
    answerSha256: hashOfAnswer(salt, answer),
    challenge,
  };
}
