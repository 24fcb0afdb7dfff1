/** What changed between two versions of a plan: its text line by line, steps and calls by key, roles by name. */
import { z } from 'zod';
import { canonical } from './canonical.ts';
import { listCrisisRoles } from './crisis-roles.ts';
import { notFound } from './errors.ts';
import { SECTION_KINDS } from './facts.ts';
import { LineChange, lineChanges } from './line-changes.ts';
import type { Section } from './plan-sections.ts';
import { findVersion, listVersions, type PlanVersion } from './plan-versions.ts';
import { waitsText } from './step-waits.ts';
import type { Work } from './work.ts';

export const CHANGES = ['added', 'removed', 'changed'] as const;
const Value = z.union([z.string(), z.number(), z.boolean()]).nullable();
type Value = z.infer<typeof Value>;

const PartChange = z.object({
  key: z.string(),
  name: z.string(),
  change: z.enum(CHANGES),
  fields: z
    .array(z.object({ field: z.string(), before: Value, after: Value }))
    .describe('Those that differ; none where the whole came or went'),
});
export type PartChange = z.infer<typeof PartChange>;

const Compared = z.object({ id: z.uuid(), number: z.int() });

export const PlanComparison = z
  .object({
    version: Compared,
    against: Compared.nullable().describe('Null when there is no version before it'),
    sections: z.array(
      z.object({
        kind: z.enum(SECTION_KINDS),
        title: z.string(),
        change: z.enum(CHANGES),
        lines: z.array(LineChange),
      }),
    ),
    steps: z.array(PartChange),
    isReordered: z.boolean().describe('Steps that both have are read in another order'),
    calls: z.array(PartChange),
    roles: z.array(PartChange),
  })
  .meta({ id: 'PlanComparison' });
export type PlanComparison = z.infer<typeof PlanComparison>;

/** From another version of the same plan to this one. Left out: from the one it took the place of, or comes after. */
export async function comparePlanVersions(
  work: Work,
  id: string,
  against: string | null,
): Promise<PlanComparison> {
  const version = await findVersion(work, id);
  const other = against ?? (await versionBefore(work, version));
  const told = { version: { id, number: version.number } };
  if (other === null)
    return { ...told, against: null, sections: [], steps: [], isReordered: false, calls: [], roles: [] };
  const before = await findVersion(work, other);
  if (before.plan !== version.plan) throw notFound('plan-version');

  const names = await namesOf(work, version.client);
  return {
    ...told,
    against: { id: other, number: before.number },
    sections: compareSections(before.sections, version.sections),
    steps: compareParts(stepsOf(before, names), stepsOf(version, names)),
    isReordered: orderOfCommon(before, version) !== orderOfCommon(version, before),
    calls: compareParts(callsOf(before, names), callsOf(version, names)),
    roles: hasRoles(before) && hasRoles(version) ? compareParts(rolesOf(before), rolesOf(version)) : [],
  };
}

async function versionBefore(work: Work, { plan, number, supersedes }: PlanVersion): Promise<string | null> {
  if (supersedes) return supersedes;
  const earlier = (await listVersions(work, plan)).filter((one) => one.number < number);
  const inForce = earlier.find(({ state }) => state === 'in-force');
  return (inForce ?? earlier.find(({ state }) => state !== 'withdrawn') ?? earlier[0])?.id ?? null;
}

function compareSections(before: readonly Section[], after: readonly Section[]): PlanComparison['sections'] {
  const [was, is] = [before, after].map((sections) => new Map(sections.map((one) => [one.kind, one])));
  return SECTION_KINDS.flatMap((kind) => {
    const [left, right] = [was!.get(kind), is!.get(kind)];
    const lines = lineChanges(left ? linesOf(left) : [], right ? linesOf(right) : []);
    const isSame = lines.every((run) => run.kind === 'same') && !left === !right;
    if (isSame) return [];
    return [{ kind, title: (right ?? left)!.title, change: changeOf(left, right), lines }];
  });
}

/** The title as the text's heading, and a line for each row of what is structured beside it. */
const linesOf = ({ title, body, payload }: Section): string[] => [
  `# ${title}`,
  ...(body === '' ? [] : body.replaceAll('\r\n', '\n').split('\n')),
  ...Object.values(payload)
    .flatMap((rows): object[] => rows ?? [])
    .map((row) => `- ${Object.values(row).filter(Boolean).join(' · ')}`),
];

const changeOf = (before: unknown, after: unknown): (typeof CHANGES)[number] =>
  before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';

/** A step, a call or a role with what is told of it. */
interface ComparedPart {
  key: string;
  name: string;
  fields: Record<string, Value>;
}

/** In the order of the later version, then what went. */
function compareParts(before: readonly ComparedPart[], after: readonly ComparedPart[]): PartChange[] {
  const was = new Map(before.map((part) => [part.key, part]));
  const is = new Map(after.map((part) => [part.key, part]));
  return [...new Map([...is, ...[...was].filter(([key]) => !is.has(key))])].flatMap(([key, { name }]) => {
    const [left, right] = [was.get(key), is.get(key)];
    const fields =
      left && right
        ? Object.keys(right.fields)
            .map((field) => ({
              field,
              before: left.fields[field] ?? null,
              after: right.fields[field] ?? null,
            }))
            .filter((one) => one.before !== one.after)
        : [];
    return left && right && fields.length === 0 ? [] : [{ key, name, change: changeOf(left, right), fields }];
  });
}

/** Names of assets and crisis roles by id. */
async function namesOf(work: Work, client: string): Promise<Map<string, string>> {
  const assets = await work.db
    .selectFrom('assets')
    .select(['id', 'name'])
    .where('client_id', '=', client)
    .limit(10_000)
    .execute();
  return new Map([...assets, ...(await listCrisisRoles(work, client))].map(({ id, name }) => [id, name]));
}

/** A frozen version has its roles' names as they were; what was never frozen goes by the directory. */
const nameIn = ({ sha256 }: PlanVersion, names: ReadonlyMap<string, string>, id: string | null) =>
  sha256 === null ? (names.get(id ?? '') ?? null) : null;

/** Of a draft that was given up, nobody wrote down who led then. */
const hasRoles = ({ state, sha256 }: PlanVersion): boolean => state === 'draft' || sha256 !== null;

const stepsOf = (version: PlanVersion, names: ReadonlyMap<string, string>): ComparedPart[] =>
  version.steps.map(({ key, crisisRole, role, asset, after, ...step }) => ({
    key,
    name: step.action,
    fields: {
      ...step,
      who: nameIn(version, names, crisisRole) ?? role,
      asset: asset && (names.get(asset) ?? asset),
      after: waitsText(
        after.toSorted((left, right) => (left.key < right.key ? -1 : 1)),
        'j',
      ),
    },
  }));

const callsOf = (version: PlanVersion, names: ReadonlyMap<string, string>): ComparedPart[] =>
  version.callNodes.map(({ key, crisisRole, contact, ...node }) => ({
    key,
    name: node.name,
    fields: { ...node, name: nameIn(version, names, crisisRole) ?? node.name },
  }));

const rolesOf = ({ roles }: PlanVersion): ComparedPart[] =>
  roles.map(({ name, holders, ...role }) => ({
    key: name,
    name,
    fields: { ...role, people: holders.join(', ') },
  }));

const orderOfCommon = (version: PlanVersion, other: PlanVersion): string =>
  canonical(
    version.steps.map(({ key }) => key).filter((key) => other.steps.some((step) => step.key === key)),
  );
