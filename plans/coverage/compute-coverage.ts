/** For each clause of a framework, its state and the records behind it, computed from live records and never averaged. */
import type { ClientFacts, Reason } from '../facts.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { Locale } from '../reports/snapshot.ts';
import { CATALOGUE, CATALOGUE_VERSION, type CatalogueFramework, type CatalogueRow } from './catalogue.ts';
import { type ClauseCoverage, COVERAGE_STATES, type Coverage, type FrameworkCoverage } from './coverage.ts';
import { DEFAULT_MAX_AGE_DAYS, type KnownCode } from './evidence-codes.ts';
import { atMost, combine, type Finding, finding } from './finding.ts';
import { type Held, hold } from './held.ts';
import { PREDICATES } from './predicates/index.ts';
import { because } from './reasons.ts';
import { contradictionsIn, findingOfRecords } from './records.ts';

/** How one evidence code is judged, with the interval of the row that asks. */
type Judge = (code: KnownCode, maxAgeDays: number | null) => Finding;

/**
 * `readiness` is that of the same facts. Throws when a framework is not in the catalogue. The same input always gives
 * the same result, whatever the order of the facts.
 */
export function computeCoverage(
  facts: ClientFacts,
  readiness: Readiness,
  { frameworks, locale }: { frameworks: string[]; locale: Locale },
): Coverage {
  const judge = judgeOf(hold(facts, readiness));
  return {
    catalogueVersion: CATALOGUE_VERSION,
    frameworks: frameworks.map((id) => frameworkCoverage(frameworkOf(id), locale, judge)),
  };
}

function frameworkOf(id: string): CatalogueFramework {
  const framework = CATALOGUE.get(id);
  if (!framework) throw new Error(`The catalogue has no framework "${id}".`);
  return framework;
}

function frameworkCoverage(
  { framework, name, rows }: CatalogueFramework,
  locale: Locale,
  judge: Judge,
): FrameworkCoverage {
  const clauses = rows.map((row) => clauseCoverage(framework, row, locale, judge));
  const count = (state: string) => clauses.filter((clause) => clause.state === state).length;
  const counts = Object.fromEntries(
    COVERAGE_STATES.map((state) => [state, count(state)]),
  ) as FrameworkCoverage['counts'];
  const total = clauses.length - counts['not-applicable'];
  return {
    framework,
    name: name[locale],
    total,
    provenShare: total === 0 ? 0 : counts.proven / total,
    declaredShare: total === 0 ? 0 : counts.declared / total,
    counts,
    clauses,
  };
}

function clauseCoverage(framework: string, row: CatalogueRow, locale: Locale, judge: Judge): ClauseCoverage {
  const { ref, paraphrase, evidence, unheld, maxAgeDays, isUnchecked } = row;
  const found = combine([
    ...evidence.map((code) => judge(code, maxAgeDays ?? DEFAULT_MAX_AGE_DAYS[code] ?? null)),
    ...unheld.map((what) => finding('missing', [because(`coverage.lacks-${what}`, {})])),
  ]);
  const { state, reasons, evidence: ids } = limited(found, row);
  return { framework, ref, paraphrase: paraphrase[locale], state, reasons, evidence: ids, isUnchecked };
}

/** A document is never a proof (C), and a record's content is for a person to judge (B). */
function limited(found: Finding, { automation }: CatalogueRow): Finding {
  if (found.state === 'missing' || automation === 'A') return found;
  if (automation === 'C') return atMost(found, 'declared', [because('coverage.document-only', {})]);
  const judged: Reason[] = [...found.reasons, because('coverage.judged-by-person', {})];
  return { ...found, reasons: judged };
}

/** Rows share codes, so each is judged once for each interval. */
function judgeOf(held: Held): Judge {
  const known = new Map<string, Finding>();
  return (code, maxAgeDays) => {
    const key = `${code} ${maxAgeDays}`;
    const found = known.get(key) ?? judged(code, held, maxAgeDays);
    known.set(key, found);
    return found;
  };
}

/** Facts lead. Records that contradict them always show; a statement only fills where there is nothing else. */
function judged(code: KnownCode, held: Held, maxAgeDays: number | null): Finding {
  const options = { now: held.now, maxAgeDays };
  const predicate = PREDICATES[code];
  if (!predicate) return findingOfRecords(held.records, code, options);
  const found = predicate(held, maxAgeDays);
  const contradictions = contradictionsIn(held.records, code, held.now);
  if (contradictions.length > 0) return combine([found, ...contradictions]);
  if (found.state !== 'missing') return found;
  const said = findingOfRecords(held.statements, code, options);
  return said.state === 'declared' ? combine([found, said]) : found;
}
