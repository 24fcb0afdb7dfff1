/** Call trees: who is alerted, by whom, how long to wait for an answer, and whom to call instead. */
import { z } from 'zod';
import { record } from './audit.ts';
import { canonical, sha256 } from './canonical.ts';
import { invalid } from './errors.ts';
import { circleOf, OptionalKey, repeatedKey, unknownKeys, withKeys } from './keyed.ts';
import { refuseForeign } from './own.ts';
import { type Draft, lockDraft, signDraft } from './plan-drafts.ts';
import { OptionalLine, OptionalText } from './text.ts';
import type { Work } from './work.ts';

const DEFAULT_TIMEOUT = 600;
const LONGEST_TIMEOUT = 86_400;

export const NewCallNode = z
  .object({
    key: OptionalKey.default(null).describe('The same over all versions; made from the name when left out'),
    crisisRole: z.uuid().nullable().default(null).describe('Whoever holds it, and then their deputies'),
    contact: z.uuid().nullable().default(null),
    name: OptionalLine(200)
      .default(null)
      .describe('Of somebody who stands in no directory; else the name of the contact or the role'),
    calledBy: OptionalLine(200)
      .default(null)
      .describe('Key or name of who calls them; null: whoever raises the alarm'),
    timeoutSeconds: z.int().min(0).max(LONGEST_TIMEOUT).default(DEFAULT_TIMEOUT),
    fallback: OptionalLine(200).default(null).describe('Key or name of whom to call once that time is over'),
    note: OptionalText(1000).default(null),
  })
  .refine(({ contact, crisisRole }) => contact === null || crisisRole === null, {
    error: 'call-tree.contact-and-role',
    path: ['contact'],
  })
  .refine(({ contact, crisisRole, name }) => contact !== null || crisisRole !== null || name !== null, {
    error: 'call-tree.nobody',
    path: ['name'],
  });
export type NewCallNode = z.infer<typeof NewCallNode>;

export const CallNode = z
  .object({ ...NewCallNode.shape, key: z.string(), name: z.string() })
  .meta({ id: 'CallNode' });
export type CallNode = z.infer<typeof CallNode>;

const MOST_NODES = 300;

export const CallTreeChange = z.object({ nodes: z.array(NewCallNode).max(MOST_NODES) });
export type CallTreeChange = z.infer<typeof CallTreeChange>;

/** Writes the whole call tree of a draft, in this order. */
export async function writeCallTree(
  work: Work,
  version: string,
  { nodes }: CallTreeChange,
): Promise<CallNode[]> {
  const draft = await lockDraft(work, version);
  await refuseForeign(
    work,
    draft.client,
    'contact',
    nodes.map(({ contact }) => contact),
  );
  await refuseForeign(
    work,
    draft.client,
    'crisis-role',
    nodes.map(({ crisisRole }) => crisisRole),
  );
  const keyed = withCallers(withKeys(await withNames(work, draft.client, nodes), ({ name }) => name));
  refuseUnsound(keyed);

  await work.db.deleteFrom('call_nodes').where('plan_version_id', '=', version).execute();
  await insertCallNodes(work, draft, keyed);
  await signDraft(work, draft);
  await record(
    work,
    'call-tree.written',
    { kind: 'plan-version', id: version, client: draft.client },
    { nodes: keyed.map(({ key }) => key), sha256: sha256(canonical(keyed)) },
  );
  return readCallNodes(work, version);
}

/** In the order in which they are written. */
export async function readCallNodes({ db }: Work, version: string): Promise<CallNode[]> {
  const rows = await db
    .selectFrom('call_nodes')
    .selectAll()
    .where('plan_version_id', '=', version)
    .orderBy('position')
    .limit(MOST_NODES)
    .execute();
  return rows.map((row) => ({
    key: row.key,
    crisisRole: row.role_id,
    contact: row.contact_id,
    name: row.name,
    calledBy: row.called_by,
    timeoutSeconds: row.timeout_seconds,
    fallback: row.fallback,
    note: row.note,
  }));
}

export async function insertCallNodes(
  { db }: Work,
  { id, client }: Draft,
  nodes: readonly CallNode[],
): Promise<void> {
  if (nodes.length === 0) return;
  await db
    .insertInto('call_nodes')
    .values(
      nodes.map((node, position) => ({
        client_id: client,
        plan_version_id: id,
        key: node.key,
        position,
        called_by: node.calledBy,
        contact_id: node.contact,
        role_id: node.crisisRole,
        name: node.name,
        timeout_seconds: node.timeoutSeconds,
        fallback: node.fallback,
        note: node.note,
      })),
    )
    .execute();
}

/** As they are to be read: each right after who calls them, first calls first. */
export function readingOrder<Node extends Pick<CallNode, 'key' | 'calledBy'>>(
  nodes: readonly Node[],
): { node: Node; depth: number }[] {
  const calls = Map.groupBy(nodes, ({ calledBy }) => calledBy);
  const below = (caller: string | null, depth: number): { node: Node; depth: number }[] =>
    (calls.get(caller) ?? []).flatMap((node) => [{ node, depth }, ...below(node.key, depth + 1)]);
  return below(null, 0);
}

/** Contacts and roles are called as the directory calls them. */
async function withNames({ db }: Work, client: string, nodes: readonly NewCallNode[]) {
  const names = async (table: 'contacts' | 'crisis_roles', ids: (string | null)[]) => {
    const rows = await db
      .selectFrom(table)
      .select(['id', 'name'])
      .where('client_id', '=', client)
      .where('id', '=', (of) => of.fn.any(of.val(ids.filter((id) => id !== null))))
      .execute();
    return new Map(rows.map(({ id, name }) => [id, name]));
  };
  const contacts = await names(
    'contacts',
    nodes.map(({ contact }) => contact),
  );
  const roles = await names(
    'crisis_roles',
    nodes.map(({ crisisRole }) => crisisRole),
  );
  return nodes.map((node) => ({
    ...node,
    name: contacts.get(node.contact ?? '') ?? roles.get(node.crisisRole ?? '') ?? node.name ?? '',
  }));
}

/** Who calls and whom to call instead are known by their keys; a name that only one of them has says which. */
function withCallers(nodes: readonly CallNode[]): CallNode[] {
  const keys = new Set(nodes.map(({ key }) => key));
  const named = Map.groupBy(nodes, ({ name }) => name.trim().toLowerCase());
  const keyOf = (told: string | null): string | null => {
    const meant = named.get(told?.trim().toLowerCase() ?? '');
    return told !== null && !keys.has(told) && meant?.length === 1 ? meant[0]!.key : told;
  };
  return nodes.map((node) => ({
    ...node,
    calledBy: keyOf(node.calledBy),
    fallback: keyOf(node.fallback),
  }));
}

/** Keys are there once, known, and nobody waits for a call from somebody whom they call. */
function refuseUnsound(nodes: readonly CallNode[]): void {
  const keys = nodes.map(({ key }) => key);
  const twice = repeatedKey(keys);
  if (twice !== null)
    throw invalid(`nodes.${keys.lastIndexOf(twice)}.key`, 'call-tree.key-twice', { key: twice });
  for (const field of ['calledBy', 'fallback'] as const) {
    const named = new Map(nodes.map((node) => [node.key, node[field] === null ? [] : [node[field]]]));
    for (const [place, { key, name }] of nodes.entries()) {
      const unknown = unknownKeys(keys, named.get(key)!);
      if (unknown.length > 0)
        throw invalid(`nodes.${place}.${field}`, 'call-tree.unknown-key', { name, key: unknown.join(', ') });
    }
    const circle = circleOf(named);
    if (circle)
      throw invalid(`nodes.${keys.indexOf(circle[0]!)}.${field}`, 'call-tree.circle', {
        keys: [...circle, circle[0]!].map((key) => nodes[keys.indexOf(key)]!.name).join(' → '),
      });
  }
}
