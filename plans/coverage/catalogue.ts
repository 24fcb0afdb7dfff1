/**
 * The catalogue of clauses: data files in `catalogue/`, one for each framework, checked when they are read. A change of law
 * is a change of data.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import edition from './catalogue/version.json' with { type: 'json' };
import { EVIDENCE_CODES } from './evidence-codes.ts';

/** What a clause asks for and the service does not record yet: always missing. */
export const UNHELD = ['retention', 'availability-class'] as const;

/** What a clause asks for beyond its codes, and a predicate judges. */
export const NEEDS = ['impact-scale', 'impact-curve', 'crisis-plan'] as const;
export type Need = (typeof NEEDS)[number];

const Words = z.object({ en: z.string().min(1), fr: z.string().min(1), nl: z.string().min(1) });

const Row = z.strictObject({
  ref: z.string().min(1),
  /** Levels of the framework to which it applies; none: to all. */
  levels: z.array(z.string().min(1)),
  /** Our own words: the texts of ISO are protected. */
  paraphrase: Words,
  evidence: z.array(z.enum(EVIDENCE_CODES)).min(1),
  needs: z.array(z.enum(NEEDS)).default([]),
  unheld: z.array(z.enum(UNHELD)).default([]),
  /** A: computed from records; B: records held here, content judged by a person; C: documents or statements only. */
  automation: z.enum(['A', 'B', 'C']),
  /** Where the text itself sets an interval, in days. */
  maxAgeDays: z.int().positive().nullable(),
  isUnchecked: z.boolean(),
  note: z.string(),
});
export type CatalogueRow = z.infer<typeof Row>;

const Framework = z
  .strictObject({
    framework: z.string().min(1),
    name: Words,
    sourceVersion: z.string().min(1),
    /** Lowest first; a client of a level has its rows and those of the levels below. None where the framework knows none. */
    levels: z.array(z.strictObject({ id: z.string().min(1), name: Words })),
    /** A level stands for itself, as a light regime does, and not on those below. */
    areLevelsExclusive: z.boolean().default(false),
    /** Whom it is for. */
    appliesTo: Words,
    retrievedOn: z.string().regex(/^\d{4}-\d{2}$/),
    /** Title, publisher and rights of the text. */
    source: z.string().min(1),
    rows: z.array(Row).min(1),
  })
  .refine(
    ({ levels, rows }) =>
      rows.every((row) => row.levels.every((id) => levels.some((level) => level.id === id))),
    {
      error: 'A row names a level that the framework does not have.',
    },
  );
export type CatalogueFramework = z.infer<typeof Framework>;

/** Year, month and number of the release, for example `2026.11.1`. */
export const CATALOGUE_VERSION = z
  .string()
  .regex(/^\d{4}\.\d{1,2}\.\d+$/)
  .parse(edition.version);

export const CATALOGUE: ReadonlyMap<string, CatalogueFramework> = readCatalogue();

/**
 * Whether a clause applies on a level. Levels build on each other, save where they exclude each other: what holds for a
 * lower one holds above. Without a level every clause applies, since nobody said that any does not.
 */
export function appliesOn(
  { levels, areLevelsExclusive }: CatalogueFramework,
  row: CatalogueRow,
  level: string | null,
): boolean {
  if (level === null || row.levels.length === 0) return true;
  if (areLevelsExclusive) return row.levels.includes(level);
  const rank = (id: string) => levels.findIndex((one) => one.id === id);
  return row.levels.some((id) => rank(id) <= rank(level));
}

function readCatalogue(): Map<string, CatalogueFramework> {
  const folder = new URL('./catalogue/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'version.json');
  return new Map(
    files
      .sort()
      .map((file) => Framework.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))))
      .map((framework) => [framework.framework, framework]),
  );
}
