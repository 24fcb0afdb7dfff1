/** The facts of a client made ready to be judged: who needs what, and what was proven of each asset. */
import type { ClientFacts } from '../facts.ts';
import { type Graph, graphOf } from './graph.ts';
import { type Chains, chainsOf } from './recovery-times.ts';
import { type AssetProof, type Measure, measureOf, proofOf } from './restore-proof.ts';

export interface Survey {
  facts: ClientFacts;
  graph: Graph;
  proof: Map<string, AssetProof>;
  measures: Map<string, Measure>;
  chains: Chains;
  /** A measured restore counts for so many days. */
  intervalDays: number;
}

export function surveyOf(facts: ClientFacts, intervalDays: number): Survey {
  const graph = graphOf(facts);
  const proof = proofOf(facts);
  const measures = new Map(
    [...proof].map(([asset, own]) => [asset, measureOf(own, facts.now, intervalDays)] as const),
  );
  return { facts, graph, proof, measures, chains: chainsOf(graph, measures), intervalDays };
}
