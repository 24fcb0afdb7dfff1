import { PATIENCE, type Patience } from '#/jobs/stores/patience.ts';

/** The patience of a test: as many tries, little waiting. */
export const HASTY: Patience = {
  ...PATIENCE,
  silenceMs: 1_500,
  totalMs: 5_000,
  bytesPerSecond: 1 << 20,
  firstWaitMs: 5,
  longestWaitMs: 40,
};
