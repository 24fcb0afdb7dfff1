/** The catalogue of clauses: data files in `catalogue/`, checked when they are read. A change of law is a change of data. */
import { z } from 'zod';
import eu20242690 from './catalogue/eu-2024-2690.json' with { type: 'json' };
import iso22301 from './catalogue/iso22301.json' with { type: 'json' };
import edition from './catalogue/version.json' with { type: 'json' };
import { EVIDENCE_CODES } from './evidence-codes.ts';

/** What a clause asks for and the service does not record yet: always missing. */
export const UNHELD = [
  'impact-scale',
  'impact-curve',
  'retention',
  'crisis-plan',
  'availability-class',
] as const;

const Words = z.object({ en: z.string().min(1), fr: z.string().min(1), nl: z.string().min(1) });

const Row = z.strictObject({
  ref: z.string().min(1),
  /** Our own words: the texts of ISO are protected. */
  paraphrase: Words,
  evidence: z.array(z.enum(EVIDENCE_CODES)).min(1),
  unheld: z.array(z.enum(UNHELD)).default([]),
  /** A: computed from records; B: records held here, content judged by a person; C: documents or statements only. */
  automation: z.enum(['A', 'B', 'C']),
  /** Where the text itself sets an interval, in days. */
  maxAgeDays: z.int().positive().nullable(),
  isUnchecked: z.boolean(),
  note: z.string(),
});
export type CatalogueRow = z.infer<typeof Row>;

const Framework = z.strictObject({
  framework: z.string().min(1),
  name: Words,
  sourceVersion: z.string().min(1),
  rows: z.array(Row).min(1),
});
export type CatalogueFramework = z.infer<typeof Framework>;

/** Year, month and number of the release, for example `2026.11.1`. */
export const CATALOGUE_VERSION = z
  .string()
  .regex(/^\d{4}\.\d{1,2}\.\d+$/)
  .parse(edition.version);

export const CATALOGUE: ReadonlyMap<string, CatalogueFramework> = new Map(
  [iso22301, eu20242690].map((file) => [file.framework, Framework.parse(file)]),
);
