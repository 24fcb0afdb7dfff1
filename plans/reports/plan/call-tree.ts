/** The call tree of a version as it is printed: in reading order, with the numbers of whoever holds each role today. */
import { readingOrder } from '../../call-trees.ts';
import type { PlanVersion } from '../../plan-versions.ts';
import { findCallTree, triedFor } from '../../version-call-trees.ts';
import type { Work } from '../../work.ts';
import type { Directory } from './directory.ts';
import type { PersonShown, PlanSnapshot } from './snapshot.ts';

export async function callTreeShown(
  work: Work,
  { id, client, callNodes }: PlanVersion,
  directory: Directory,
): Promise<PlanSnapshot['callTree']> {
  const tried = await triedFor(work, client);
  const { times } = await findCallTree(work, id);
  const nameOf = new Map(callNodes.map(({ key, name }) => [key, name]));
  const peopleOf = (node: PlanVersion['callNodes'][number]): PersonShown[] => {
    if (node.crisisRole) return tried(node.crisisRole).map(({ name }) => directory.named(name));
    const person = directory.byId(node.contact ?? '');
    return [person ?? directory.named(node.name)];
  };
  return {
    ...times,
    calls: readingOrder(callNodes).map(({ node, depth }) => ({
      ...{ key: node.key, name: node.name, depth, timeoutSeconds: node.timeoutSeconds, note: node.note },
      people: peopleOf(node),
      fallback: node.fallback === null ? null : (nameOf.get(node.fallback) ?? node.fallback),
    })),
  };
}
