import {
  CallTree,
  CallTreeChange,
  findCallTree,
  findCallTreeForChange,
  listCallTrees,
  writeCallTreeOf,
} from '#/plans/version-call-trees.ts';
import { noun } from '../noun.ts';
import { callTreeFigure } from './call-tree-figure.ts';

/** The call tree of a version of a plan, by the id of the version. */
export const callTree = noun<CallTree, never, CallTreeChange>({
  name: 'call-tree',
  path: 'call-trees',
  tab: 'plans',
  titleOf: ({ title }) => title,
  // On a phone the calls are what one came for.
  hrefOf: ({ id }) => `/call-trees/${id}#calls`,
  fields: [
    {
      name: 'nodes',
      kind: 'rows',
      fields: [
        { name: 'crisisRole', kind: 'reference', to: 'crisisRoles', optional: true },
        { name: 'contact', kind: 'reference', to: 'contacts', optional: true },
        { name: 'name', kind: 'line', optional: true },
        { name: 'calledBy', kind: 'line', optional: true, suggest: ['crisisRoles', 'contacts'] },
        { name: 'timeoutSeconds', kind: 'duration' },
        { name: 'fallback', kind: 'line', optional: true, suggest: ['crisisRoles', 'contacts'] },
        { name: 'note', kind: 'text', optional: true, max: 1000, rows: 1 },
        { name: 'key', kind: 'line', optional: true, max: 60 },
      ],
    },
  ],
  told: [
    { name: 'count', kind: 'number' },
    { name: 'bestSeconds', kind: 'duration' },
    { name: 'worstSeconds', kind: 'duration' },
  ],
  apart: ['nodes'],
  valuesOf: ({ nodes, times }) => ({ count: nodes.length, ...times }),
  // Who is meant by a role or a contact is named by the directory, and not typed.
  formOf: ({ nodes }) => ({
    nodes: nodes.map((node) => ({
      ...node,
      name: node.crisisRole || node.contact ? null : node.name,
      calledBy: nameIn(nodes, node.calledBy),
      fallback: nameIn(nodes, node.fallback),
    })),
  }),
  columns: ['count', 'bestSeconds', 'worstSeconds'],
  item: CallTree,
  input: null,
  changeInput: CallTreeChange,
  list: listCallTrees,
  find: findCallTree,
  findForChange: findCallTreeForChange,
  change: writeCallTreeOf,
  right: 'plan.change',
  isOpen: ({ state }) => state === 'draft',
  figures: async (work, one) => [await callTreeFigure(work, one)],
});

/** As people know them; where two are called the same, the key says which. */
function nameIn(nodes: CallTree['nodes'], key: string | null): string | null {
  const name = nodes.find((node) => node.key === key)?.name;
  return name !== undefined && nodes.filter((node) => node.name === name).length === 1 ? name : key;
}
