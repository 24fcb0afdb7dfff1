/** Proofs of what other tools keep, as a report tells restore tests: the level is the one up to which damage was noticed. */
import type { ClientFacts, EvidenceFacts } from '../../facts.ts';
import { assetObjectives } from '../../readiness/asset-objectives.ts';
import { type RepositoryProof, readClientProofs } from '../../repositories/proofs.ts';
import type { Work } from '../../work.ts';
import type { ReadinessSnapshot } from './snapshot.ts';

type Told = ReadinessSnapshot['restoreTests'][number];

export async function foreignProofs(work: Work, facts: ClientFacts): Promise<Told[]> {
  const proofs = await readClientProofs(work, facts.client.id);
  return proofs.flatMap((proof) => {
    const asset = facts.assets.find(({ id }) => id === proof.asset);
    return asset && proof.finishedAt !== null ? [told(proof, proof.finishedAt, asset, facts)] : [];
  });
}

function told(
  proof: RepositoryProof,
  finishedAt: string,
  { id: asset, name }: { id: string; name: string },
  facts: ClientFacts,
): Told {
  const { id, state, requested, reached, shown, seconds, bytes, dataAgeSeconds, result, finding } = proof;
  const objectives = assetObjectives(facts).get(asset);
  // Without damage on each of its levels it is a pass of which nothing is known.
  const isShown = reached === shown;
  return {
    ...{ id, asset: name, point: `${proof.repositoryName} · ${proof.name}` },
    ...{ state, requested, reached: shown, finishedAt, seconds, bytes, dataAgeSeconds },
    files: seconds === null ? null : (result?.files ?? null),
    rtoSeconds: objectives?.rtoSeconds ?? null,
    rpoSeconds: objectives?.rpoSeconds ?? null,
    plantedFaults: isShown ? proof.plantedFaults : 0,
    caught: isShown ? proof.caught : 0,
    levels: [],
    findings: finding === null ? [] : [finding],
    tools: result ? { [result.tool.split(' ')[0]!]: result.tool } : {},
    evidence: facts.evidence.find((one) => isOf(one, asset, finishedAt))?.id ?? null,
  };
}

const isOf = ({ code, subject, at }: EvidenceFacts, asset: string, finishedAt: string): boolean =>
  code === 'RST' && subject.id === asset && at === finishedAt;
