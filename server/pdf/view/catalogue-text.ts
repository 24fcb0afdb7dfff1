/** The catalogue is typed on a keyboard; in print its signs are those of the language. */
import type { Coverage } from '#/plans/coverage/coverage.ts';
import { typeset } from '#/server/formats.ts';
import type { Voice } from './voice.ts';

export function typesetCoverage(coverage: Coverage, { locale }: Voice): Coverage {
  const frameworks = coverage.frameworks.map((framework) => ({
    ...framework,
    name: typeset(framework.name, locale),
    clauses: framework.clauses.map((clause) => ({
      ...clause,
      paraphrase: typeset(clause.paraphrase, locale),
    })),
  }));
  return { ...coverage, frameworks };
}
