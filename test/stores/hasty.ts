import { PATIENCE, type Patience } from '#/jobs/stores/patience.ts';

/** The patience of a test: as many tries, little waiting. */
export const HASTY: Patience = {
  ...PATIENCE,
  silenceMs: 500,
  totalMs: 2_500,
  bytesPerSecond: 4 << 20,
  firstWaitMs: 5,
  longestWaitMs: 40,
};
