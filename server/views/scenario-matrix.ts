import type { Client } from '#/plans/clients.ts';
import type { CellState, MatrixCell } from '#/plans/readiness/scenario-matrix.ts';

interface Named {
  id: string;
  name: string;
}

/** `clients/scenario-matrix` */
export interface ScenarioMatrixView {
  client: Client;
  /** From worst to best, for the legend. */
  states: readonly CellState[];
  scenarios: (Named & { hasEffects: boolean })[];
  rows: { activity: Named & { isPriority: boolean }; cells: (MatrixCell & { scenarioName: string })[] }[];
  gaps: { scenario: Named; activity: Named }[];
}
