/** The texts that a consultant starts a plan from: `starter/`, in the client's language. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { findClient } from './clients.ts';
import { PLAN_KINDS, type PlanKind, SECTION_KINDS, type SectionKind } from './facts.ts';
import { Key } from './keyed.ts';
import type { Draft } from './plan-drafts.ts';
import { insertSections, readSections } from './plan-sections.ts';
import { insertSteps, NewStep, readSteps, STEP_RESOURCES } from './runbooks.ts';
import type { Work } from './work.ts';

const FOLDER = fileURLToPath(new URL('./starter/', import.meta.url));

const Words = z.object({ fr: z.string().min(1), en: z.string().min(1), nl: z.string().min(1) });
type Language = keyof z.infer<typeof Words>;

const StarterStep = z.strictObject({
  key: Key,
  /** The same in the other languages, since people read and type it. */
  keys: z.strictObject({ fr: Key, nl: Key }),
  after: z.array(Key),
  action: Words,
  detail: Words,
  role: Words,
  skill: Words.nullable(),
  p50Seconds: z.int(),
  p90Seconds: z.int(),
  successTest: Words,
  rollback: Words.nullable(),
  resource: z.enum(STEP_RESOURCES),
});

export interface Starter {
  title: string;
  sections: { kind: SectionKind; title: string; body: string; payload: Record<string, never> }[];
  steps: (Omit<z.infer<typeof NewStep>, 'key'> & { key: string })[];
}

/** Whether there are texts for plans of this kind. */
export const hasStarter = (kind: PlanKind): boolean => existsSync(`${FOLDER}${kind}`);

export const STARTER_KINDS = PLAN_KINDS.filter(hasStarter);

export function readStarter(kind: PlanKind, language: Language): Starter {
  const folder = `${FOLDER}${kind}`;
  const steps = z.array(StarterStep).parse(JSON.parse(readFileSync(`${folder}/runbook.json`, 'utf8')));
  const keyOf = new Map(steps.map(({ key, keys }) => [key, { en: key, ...keys }[language]]));
  return {
    title: Words.parse(JSON.parse(readFileSync(`${folder}/titles.json`, 'utf8')))[language],
    sections: readdirSync(`${folder}/${language}`)
      .sort()
      .map((file) => sectionIn(file, readFileSync(`${folder}/${language}/${file}`, 'utf8'))),
    steps: steps.map(({ key, keys: _, action, detail, role, skill, successTest, rollback, after, ...step }) =>
      stepOf({
        ...step,
        key: keyOf.get(key)!,
        action: action[language],
        detail: detail[language],
        role: role[language],
        skill: skill?.[language] ?? null,
        successTest: successTest[language],
        rollback: rollback?.[language] ?? null,
        after: after.map((before) => ({ key: keyOf.get(before)! })),
      }),
    ),
  };
}

/** Fills sections that say nothing, and a runbook without steps. */
export async function insertStarter(work: Work, draft: Draft): Promise<void> {
  if (!hasStarter(draft.plan.kind)) return;
  const { locale } = await findClient(work, draft.client);
  const { sections, steps } = readStarter(draft.plan.kind, locale);
  const written = (await readSections(work, draft.id)).filter(({ body }) => body.trim() !== '');
  const wanted = sections.filter(({ kind }) => !written.some((section) => section.kind === kind));
  await insertSections(work, draft, wanted);
  if ((await readSteps(work, draft.id)).length === 0) await insertSteps(work, draft, steps);
}

/** `03-roles.md`: its place and kind; the first line is its title. */
function sectionIn(file: string, text: string): Starter['sections'][number] {
  const [, kind] = /^\d\d-([a-z-]+)\.md$/.exec(file) ?? [];
  const [, title, body] = /^# ([^\n]+)\n+([\s\S]*)$/.exec(text) ?? [];
  return {
    kind: z.enum(SECTION_KINDS).parse(kind),
    title: z.string().parse(title),
    body: z.string().parse(body).trim(),
    payload: {},
  };
}

const Keyed = z.object({ ...NewStep.shape, key: Key });
const stepOf = (step: z.input<typeof Keyed>): Starter['steps'][number] => Keyed.parse(step);
