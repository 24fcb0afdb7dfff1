/** For each clause of a framework, its state and the records behind it, computed from live records and never averaged. */

import type { ClauseDecisionFacts } from '../continuity-facts.ts';
import type { ClientFacts, Reason } from '../facts.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { Locale } from '../reports/head.ts';
import {
  appliesOn,
  CATALOGUE,
  CATALOGUE_VERSION,
  type CatalogueFramework,
  type CatalogueRow,
  type Need,
} from './catalogue.ts';
import { type ClauseCoverage, COVERAGE_STATES, type Coverage, type FrameworkCoverage } from './coverage.ts';
import { DEFAULT_MAX_AGE_DAYS, type KnownCode } from './evidence-codes.ts';
import { atMost, combine, type Finding, finding } from './finding.ts';
import { type Held, hold } from './held.ts';
import { PREDICATES } from './predicates/index.ts';
import { NEED_PREDICATES } from './predicates/needs.ts';
import { because } from './reasons.ts';
import { contradictionsIn, findingOfRecords } from './records.ts';

/** How one evidence code, or one thing asked for beyond the codes, is judged, with the interval of the row that asks. */
type Judge = (asked: KnownCode | Need, maxAgeDays: number | null) => Finding;

/** What is known of a client about a framework. */
interface Standpoint {
  level: string | null;
  /** Decisions that hold now, by clause. */
  decisions: Map<string, ClauseDecisionFacts>;
}

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
    frameworks: frameworks.map((id) =>
      frameworkCoverage(frameworkOf(id), standpointOf(facts, id), locale, judge),
    ),
  };
}

/** The frameworks that a client is judged by; two that fit most are looked at until somebody chooses. */
export const frameworksOf = ({ frameworks }: Pick<ClientFacts, 'frameworks'>): string[] => {
  const known = frameworks.map(({ framework }) => framework).filter((id) => CATALOGUE.has(id));
  return known.length > 0 ? known : ['ISO22301', '2024/2690'];
};

/** A waiver holds to the end of its last day. */
function standpointOf({ frameworks, decisions, now }: ClientFacts, id: string): Standpoint {
  const own = decisions.filter(
    ({ framework, until }) => framework === id && (until === null || until >= now.slice(0, 10)),
  );
  return {
    level: frameworks.find(({ framework }) => framework === id)?.level ?? null,
    decisions: new Map(own.map((decision) => [decision.ref, decision])),
  };
}

function frameworkOf(id: string): CatalogueFramework {
  const framework = CATALOGUE.get(id);
  if (!framework) throw new Error(`The catalogue has no framework "${id}".`);
  return framework;
}

function frameworkCoverage(
  whole: CatalogueFramework,
  standpoint: Standpoint,
  locale: Locale,
  judge: Judge,
): FrameworkCoverage {
  const { framework, name, rows } = whole;
  const clauses = rows.map((row) => clauseCoverage(whole, row, standpoint, locale, judge));
  const count = (state: string) => clauses.filter((clause) => clause.state === state).length;
  const counts = Object.fromEntries(
    COVERAGE_STATES.map((state) => [state, count(state)]),
  ) as FrameworkCoverage['counts'];
  const total = clauses.length - counts['not-applicable'];
  return {
    framework,
    name: name[locale],
    level: standpoint.level,
    total,
    provenShare: total === 0 ? 0 : counts.proven / total,
    declaredShare: total === 0 ? 0 : counts.declared / total,
    counts,
    clauses,
  };
}

function clauseCoverage(
  framework: CatalogueFramework,
  row: CatalogueRow,
  { level, decisions }: Standpoint,
  locale: Locale,
  judge: Judge,
): ClauseCoverage {
  const { ref, paraphrase, evidence, needs, unheld, maxAgeDays, isUnchecked } = row;
  const told = { framework: framework.framework, ref, paraphrase: paraphrase[locale], isUnchecked };
  if (!appliesOn(framework, row, level))
    return {
      ...told,
      state: 'not-applicable',
      reasons: [because('coverage.other-level', { level: levelName(framework, level, locale) })],
      evidence: [],
    };
  const found = combine([
    ...evidence.map((code) => judge(code, maxAgeDays ?? DEFAULT_MAX_AGE_DAYS[code] ?? null)),
    ...needs.map((need) => judge(need, maxAgeDays ?? DEFAULT_MAX_AGE_DAYS.PLN ?? null)),
    ...unheld.map((what) => finding('missing', [because(`coverage.lacks-${what}`, {})])),
  ]);
  return { ...told, ...decided(limited(found, row), decisions.get(ref) ?? null) };
}

const levelName = ({ levels }: CatalogueFramework, level: string | null, locale: Locale): string =>
  levels.find(({ id }) => id === level)?.name[locale] ?? level ?? '';

/** What a person decided takes the place of what is missing. A contradiction stays: nobody can decide it away. */
function decided(
  { state, reasons, evidence }: Finding,
  decision: ClauseDecisionFacts | null,
): Pick<ClauseCoverage, 'state' | 'reasons' | 'evidence'> {
  if (!decision) return { state, reasons, evidence };
  const { by, until, reason: why } = decision;
  const told =
    decision.decision === 'waived'
      ? because('coverage.waived', { by, untilDate: until ?? '', why })
      : because('coverage.not-applicable', { by, why });
  const isStanding = state === 'contradicted' || state === 'proven';
  return { state: isStanding ? state : decision.decision, reasons: [told, ...reasons], evidence };
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
  return (asked, maxAgeDays) => {
    const key = `${asked} ${maxAgeDays}`;
    const found = known.get(key) ?? judgedOf(asked, held, maxAgeDays);
    known.set(key, found);
    return found;
  };
}

const judgedOf = (asked: KnownCode | Need, held: Held, maxAgeDays: number | null): Finding =>
  asked in NEED_PREDICATES
    ? NEED_PREDICATES[asked as Need](held, maxAgeDays)
    : judged(asked as KnownCode, held, maxAgeDays);

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
