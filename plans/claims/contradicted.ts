/** Where another tool says that all is well, and what was tried here says otherwise. */
import { because } from '../coverage/reasons.ts';
import type { AssetFacts, ClaimFacts, Reason } from '../facts.ts';
import { proofAgainst } from '../readiness/contradictions.ts';
import type { Survey } from '../readiness/survey.ts';
import type { ClaimState } from './standing.ts';

/** States in which the last that was told of an end is that it was good. */
const GOOD_SO_FAR: readonly ClaimState[] = ['said-ok', 'running', 'late'];

/** Each such claim of an asset, then what says otherwise. Empty where nobody claims, or nothing is against it. */
export function claimsAgainstProof(asset: AssetFacts, survey: Survey): Reason[] {
  const claims = survey.facts.claims.filter((claim) => claim.asset === asset.id);
  const told = claims.flatMap((claim) => contradicted(claim, asset));
  const proof = told.length > 0 ? proofAgainst(asset, survey) : [];
  return proof.length > 0 ? [...told, ...proof] : [];
}

function contradicted({ vendor, state, lastOkAt }: ClaimFacts, { name }: AssetFacts): Reason[] {
  if (lastOkAt === null || !GOOD_SO_FAR.includes(state)) return [];
  return [because('coverage.claim-contradicted', { asset: name, vendor, saidAt: lastOkAt })];
}
