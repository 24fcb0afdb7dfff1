/** The facts of a client made ready to be judged: who needs what, what was proven of each asset, and how long it takes. */
import type { ClientFacts } from '../facts.ts';
import { type Chains, knownChains, provenChains } from './chains.ts';
import { dataLosses, type Losses } from './data-needed.ts';
import { deadlocksOf } from './deadlocks.ts';
import { type Graph, graphOf } from './graph.ts';
import type { Deadlock } from './readiness.ts';
import { type AssetProof, type Measure, measureOf, proofOf } from './restore-proof.ts';
import { type Timing, timingsOf } from './timings.ts';

export interface Survey {
  facts: ClientFacts;
  graph: Graph;
  proof: Map<string, AssetProof>;
  /** By full restore tests alone. */
  measures: Map<string, Measure>;
  timings: Map<string, Timing>;
  chains: Chains;
  /** The same by measures alone: the least it takes. */
  known: Chains;
  losses: Losses;
  deadlocks: Deadlock[];
  /** A measured restore counts for so many days. */
  intervalDays: number;
}

export function surveyOf(facts: ClientFacts, intervalDays: number): Survey {
  const graph = graphOf(facts);
  const proof = proofOf(facts);
  const measures = new Map(
    [...proof].map(([asset, own]) => [asset, measureOf(own, facts.now, intervalDays)] as const),
  );
  const timings = timingsOf(facts, proof, intervalDays);
  return {
    facts,
    graph,
    proof,
    measures,
    timings,
    chains: provenChains(graph, timings),
    known: knownChains(graph, timings),
    losses: dataLosses(graph, proof),
    deadlocks: deadlocksOf(facts, graph),
    intervalDays,
  };
}
