/** Sections of a plan version: what each kind of plan must say, and how one is written while the version is a draft. */
import { sql } from 'kysely';
import { z } from 'zod';
import { record } from './audit.ts';
import { sha256 } from './canonical.ts';
import { notFound, Refusal } from './errors.ts';
import { type PlanKind, SECTION_KINDS, type SectionKind } from './facts.ts';
import { countPlaceholders } from './placeholders.ts';
import { type Draft, lockDraft, signDraft } from './plan-drafts.ts';
import { Line, OptionalLine, Text } from './text.ts';
import type { Work } from './work.ts';

/** What a plan of each kind must say before anybody reviews it, in the order in which it is read. */
export const SECTIONS_OF: Record<PlanKind, readonly SectionKind[]> = {
  bcp: [
    'scope',
    'activation',
    'roles',
    'comms',
    'degraded',
    'recovery-order',
    'resources',
    'security',
    'return',
    'deactivation',
  ],
  drp: [
    'scope',
    'activation',
    'roles',
    'comms',
    'security',
    'resources',
    'recovery-order',
    'degraded',
    'return',
    'deactivation',
  ],
  'crisis-management': [
    'scope',
    'activation',
    'roles',
    'comms',
    'degraded',
    'security',
    'return',
    'deactivation',
    'resources',
  ],
  'crisis-communication': [
    'scope',
    'activation',
    'roles',
    'comms',
    'degraded',
    'security',
    'deactivation',
    'resources',
  ],
  'it-recovery': [
    'scope',
    'activation',
    'roles',
    'security',
    'resources',
    'recovery-order',
    'return',
    'deactivation',
  ],
};

/** A sign by which somebody decides to put the plan to use. */
const Threshold = z.object({
  sign: Line(300),
  limit: Line(300),
  decidedBy: OptionalLine(200).default(null),
});

/** How somebody is told, and what is left when that is lost. */
const Channel = z.object({
  audience: Line(200),
  channel: Line(200),
  fallback: OptionalLine(200).default(null),
  by: OptionalLine(200).default(null),
});

/** What is structured beside the text: thresholds of an activation, channels of communication. */
export const Payload = z.strictObject({
  thresholds: z.array(Threshold).max(50).optional(),
  channels: z.array(Channel).max(50).optional(),
});
export type Payload = z.infer<typeof Payload>;

export const PAYLOAD_OF: { [Kind in SectionKind]?: keyof Payload } = {
  activation: 'thresholds',
  comms: 'channels',
};

export const Section = z
  .object({
    kind: z.enum(SECTION_KINDS),
    title: Line(200),
    body: Text(100_000).describe('Markdown'),
    payload: Payload.default({}).describe('`thresholds` of an activation, `channels` of communication'),
  })
  .refine(({ kind, payload }) => Object.keys(payload).every((part) => part === PAYLOAD_OF[kind]), {
    error: 'plan-section.not-its-part',
    path: ['payload'],
  });
export type Section = z.infer<typeof Section>;

export const KeptSection = z
  .object({
    ...Section.shape,
    edition: z.int().describe('Counts up with every change'),
    placeholders: z.int().describe('Questions of a starting text that are still open: `[[…]]`'),
  })
  .meta({ id: 'PlanSection' });
export type KeptSection = z.infer<typeof KeptSection>;

export const SectionChange = z.object({
  title: Section.shape.title,
  body: Section.shape.body,
  payload: Section.shape.payload,
  edition: z.coerce
    .number()
    .int()
    .min(0)
    .describe('Of the text that this one was written from; 0 where there was none'),
});
export type SectionChange = z.infer<typeof SectionChange>;

/** Writes a section of a draft. When somebody else wrote it meanwhile, both texts are told and nothing is lost. */
export async function writeSection(
  work: Work,
  version: string,
  kind: SectionKind,
  { edition, ...sent }: SectionChange,
): Promise<KeptSection> {
  const draft = await lockDraft(work, version);
  const section = Section.parse({ kind, ...sent });
  const current = await findSectionOrNull(work, version, kind);
  if ((current?.edition ?? 0) !== edition)
    throw new Refusal('conflict', 'plan-section.changed-meanwhile', {}, { told: { current, sent: section } });

  await insertSections(work, draft, [section]);
  await signDraft(work, draft);
  await record(
    work,
    'plan-section.written',
    { kind: 'plan-version', id: version, client: draft.client },
    { section: kind, edition: edition + 1, sha256: sha256(section.body) },
  );
  return findSection(work, version, kind);
}

export async function findSection(work: Work, version: string, kind: SectionKind): Promise<KeptSection> {
  const section = await findSectionOrNull(work, version, kind);
  if (!section) throw notFound('plan-section');
  return section;
}

export async function findSectionOrNull(work: Work, version: string, kind: SectionKind) {
  return (await readSections(work, version)).find((section) => section.kind === kind) ?? null;
}

/** In the order in which they are read. */
export async function readSections({ db }: Work, version: string): Promise<KeptSection[]> {
  const rows = await db
    .selectFrom('plan_sections')
    .select(['kind', 'title', 'body', 'payload', 'edition'])
    .where('plan_version_id', '=', version)
    .orderBy('position')
    .orderBy('kind')
    .limit(SECTION_KINDS.length)
    .execute();
  return rows.map(({ payload, ...row }) => ({
    ...row,
    payload: payload as Payload,
    placeholders: countPlaceholders([row.body, JSON.stringify(payload)]),
  }));
}

/** Puts sections into a draft, each where it is read in a plan of its kind. */
export async function insertSections(
  { db }: Work,
  { id, client, plan }: Draft,
  sections: readonly Section[],
): Promise<void> {
  if (sections.length === 0) return;
  const order = [...SECTIONS_OF[plan.kind], ...SECTION_KINDS];
  await db
    .insertInto('plan_sections')
    .values(
      sections.map(({ kind, title, body, payload }) => ({
        client_id: client,
        plan_version_id: id,
        kind,
        position: order.indexOf(kind),
        title,
        body,
        payload: JSON.stringify(payload),
      })),
    )
    .onConflict((known) =>
      known.columns(['provider_id', 'client_id', 'plan_version_id', 'kind']).doUpdateSet((row) => ({
        title: row.ref('excluded.title'),
        body: row.ref('excluded.body'),
        payload: row.ref('excluded.payload'),
        edition: sql<number>`plan_sections.edition + 1`,
      })),
    )
    .execute();
}
