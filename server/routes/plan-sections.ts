/** Writing one section of a draft: a page with what else was written meanwhile beside it, and its JSON interface. */
import { z } from 'zod';
import { findClient } from '#/plans/clients.ts';
import { notFound } from '#/plans/errors.ts';
import { SECTION_KINDS, type SectionKind } from '#/plans/facts.ts';
import {
  findSectionOrNull,
  KeptSection,
  PAYLOAD_OF,
  type Payload,
  type Section,
  SectionChange,
  writeSection,
} from '#/plans/plan-sections.ts';
import { findVersion } from '#/plans/plan-versions.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import { htmlOf } from '../http/markdown.ts';
import type { Say } from '../http/problems.ts';
import { api, page, type Typed } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { type Field, fillForm } from '../records/field.ts';
import { inputsOf } from '../records/inputs.ts';
import { parseForm } from '../records/parse-form.ts';
import type { SectionView } from '../views/plans.ts';
import { form } from '../views.ts';

const OfSection = z.object({ id: z.uuid(), kind: z.enum(SECTION_KINDS) });
const AsTyped = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

const PARTS: Record<keyof Payload, Field> = {
  thresholds: {
    name: 'thresholds',
    kind: 'rows',
    fields: [
      { name: 'sign', kind: 'line', max: 300 },
      { name: 'limit', kind: 'line', max: 300 },
      { name: 'decidedBy', kind: 'line', optional: true },
    ],
  },
  channels: {
    name: 'channels',
    kind: 'rows',
    fields: [
      { name: 'audience', kind: 'line' },
      { name: 'channel', kind: 'line' },
      { name: 'fallback', kind: 'line', optional: true },
      { name: 'by', kind: 'line', optional: true },
    ],
  },
};

export const planSectionsApi = [
  api({
    method: 'get',
    path: '/plan-versions/:id/sections/:kind',
    summary: 'One section of a version of a plan',
    params: OfSection,
    output: KeptSection,
    run: async ({ work, params: { id, kind } }) => {
      await findVersion(work, id);
      const section = await findSectionOrNull(work, id, kind);
      if (!section) throw notFound('plan-section');
      return section;
    },
  }),
  api({
    method: 'put',
    path: '/plan-versions/:id/sections/:kind',
    summary: 'Write a section of a draft; a conflict tells both texts as `current` and `sent`',
    params: OfSection,
    body: SectionChange,
    output: KeptSection,
    run: ({ work, params: { id, kind }, body }) => writeSection(work, id, kind, body),
  }),
];

export const planSectionsPages = ({ templates }: Pick<Services, 'templates'>) => [
  page({
    method: 'get',
    path: '/plan-versions/:id/sections/:kind',
    summary: 'Write a section of a draft',
    params: OfSection,
    run: async ({ work, locale, params }) => ({
      show: 'plans/section',
      data: await blank(work, params, locale, templates.say),
    }),
  }),
  page({
    method: 'post',
    path: '/plan-versions/:id/sections/:kind',
    summary: 'Keep a section of a draft, or look at it as it will be read',
    params: OfSection,
    body: AsTyped,
    run: async ({ work, params: { id, kind }, body }) => {
      const change = parseForm(fieldsOf(kind), changeOf(kind), body, 'UTC');
      if (body.preview !== undefined)
        return {
          show: 'plans/section',
          data: { ...(await view(work, { id, kind }, body)), preview: htmlOf(change.body, change.title) },
        };
      await writeSection(work, id, kind, change);
      return { goTo: `/plan-versions/${id}#section-${kind}` };
    },
    again: async ({ work, params, typed, problem }) => ({
      show: 'plans/section',
      data: await refused(work, params, typed, problem),
    }),
  }),
];

const fieldsOf = (kind: SectionKind): Field[] => {
  const part = PAYLOAD_OF[kind];
  return [
    { name: 'title', kind: 'line' },
    { name: 'body', kind: 'text', max: 100_000, rows: 24, optional: true },
    ...(part ? [PARTS[part]] : []),
    { name: 'edition', kind: 'number' },
  ];
};

/** A form is flat: the table of a section stands beside its text. */
const changeOf = (kind: SectionKind) => {
  const part = PAYLOAD_OF[kind];
  return z.preprocess((typed) => {
    const { [part ?? '']: rows = [], body, ...rest } = typed as Record<string, unknown>;
    return { ...rest, body: body ?? '', payload: part ? { [part]: rows } : {} };
  }, SectionChange);
};

async function blank(
  work: Work,
  { id, kind }: z.infer<typeof OfSection>,
  locale: Locale,
  say: Say,
): Promise<SectionView> {
  const section = await findSectionOrNull(work, id, kind);
  return view(
    work,
    { id, kind },
    typedOf(
      section ?? { title: say(locale, `section.${kind}`), body: '', payload: {} },
      section?.edition ?? 0,
    ),
  );
}

/** What was typed stays; where somebody else wrote meanwhile their text stands beside it, and saving again is a choice. */
async function refused(
  work: Work,
  { id, kind }: z.infer<typeof OfSection>,
  typed: Typed,
  problem: Parameters<typeof form>[1] & object,
): Promise<SectionView> {
  const isConflict = problem.key === 'plan-section.changed-meanwhile';
  const current = isConflict ? await findSectionOrNull(work, id, kind) : null;
  const shown = await view(
    work,
    { id, kind },
    { ...typed, ...(isConflict && { edition: String(current?.edition ?? 0) }) },
    problem,
  );
  return { ...shown, current: current && { body: current.body, html: htmlOf(current.body, current.title) } };
}

async function view(
  work: Work,
  { id, kind }: z.infer<typeof OfSection>,
  typed: Typed,
  problem: Parameters<typeof form>[1] = null,
): Promise<SectionView> {
  const version = await findVersion(work, id);
  const filled = form(typed, problem);
  const fields = fieldsOf(kind);
  return {
    client: await findClient(work, version.client),
    version: { id, title: version.title, number: version.number, isOpen: version.state === 'draft' },
    kind,
    inputs: inputsOf(
      fields.filter(({ name }) => name !== 'edition'),
      { words: 'plan-section', typed, choices: {}, errors: filled.errors },
    ),
    edition: String(typed.edition ?? '0'),
    current: null,
    preview: null,
    form: filled,
  };
}

const typedOf = (
  { title, body, payload }: Pick<Section, 'title' | 'body' | 'payload'>,
  edition: number,
): Typed => ({
  ...fillForm([PARTS.thresholds, PARTS.channels], payload, { zone: 'UTC', day: 'd', byte: 'B' }),
  title,
  body,
  edition: String(edition),
});
