/** How states, measures and sources are drawn, in words. */
import { COVERAGE_STATES } from '#/plans/coverage/coverage.ts';
import { type SignName, signOf } from '#/server/charts/signs.ts';
import type { Voice } from './voice.ts';

const EXPLAINED = COVERAGE_STATES.filter((state) => state !== 'waived' && state !== 'not-applicable');
const MEASURES = ['within', 'late', 'declared', 'declared-late', 'unmeasured', 'no-objective'] as const;
const SOURCES = ['system', 'person', 'vendor'] as const;

export function legendView(voice: Voice) {
  const line = (group: string) => (key: SignName) => ({
    sign: signOf(key, 12),
    word: voice.say(`${group}.${key}`),
  });
  return {
    states: EXPLAINED.map((state) => ({ ...line('state')(state), means: voice.say(`state-means.${state}`) })),
    measures: MEASURES.map(line('verdict')),
    sources: SOURCES.map(line('asserted')),
  };
}
