/** A call tree as it is read in a crisis: in the order of the calls, with numbers to press. */
import { CALL_SECONDS, callTreeTimes, isStandIn } from '#/plans/call-tree-times.ts';
import { readingOrder } from '#/plans/call-trees.ts';
import { type Contact, hasLeft, listContacts } from '#/plans/contacts.ts';
import { type CallTree, triedFor } from '#/plans/version-call-trees.ts';
import type { Work } from '#/plans/work.ts';
import type { CalledPerson, CallTreeView } from '../../views/call-tree.ts';
import type { Figure } from '../noun.ts';

export async function callTreeFigure(work: Work, { id, client, nodes }: CallTree): Promise<Figure> {
  const contacts = new Map((await listContacts(work, client)).map((contact) => [contact.id, contact]));
  const tried = await triedFor(work, client);
  const { reached } = callTreeTimes(
    nodes.map((node) => ({ ...node, people: tried(node.crisisRole).length })),
  );
  const nameOf = new Map(nodes.map(({ key, name }) => [key, name]));
  const named = (key: string | null) => (key === null ? null : { key, name: nameOf.get(key) ?? key });
  const data: CallTreeView = {
    callSeconds: CALL_SECONDS,
    versionHref: `/plan-versions/${id}`,
    calls: readingOrder(nodes).map(({ node, depth }, place) => {
      const ids = node.crisisRole ? tried(node.crisisRole).map(({ contact }) => contact) : [node.contact];
      const people = ids.map((one) => contacts.get(one ?? '')).filter((contact) => contact !== undefined);
      return {
        key: node.key,
        title: node.name,
        order: place + 1,
        depth: Math.min(depth, DEEPEST),
        isStandIn: isStandIn(node, nodes),
        isRole: node.crisisRole !== null,
        caller: named(node.calledBy),
        instead: named(node.fallback),
        timeoutSeconds: node.timeoutSeconds,
        remark: node.note,
        reached: reached.get(node.key) ?? null,
        people: people.map((contact, rank) => personOf(contact, rank, work.now)),
        hasDeputies: people.length > 1,
      };
    }),
  };
  return { partial: 'partials/call-tree', data };
}

/** Further in, a phone has no room left. */
const DEEPEST = 4;

const personOf = (contact: Contact, rank: number, now: Date): CalledPerson => ({
  id: contact.id,
  who: contact.name,
  rank,
  isGone: hasLeft(contact, now),
  points: contact.points
    .filter(({ kind }) => kind !== 'address')
    .map(({ kind, value, isOutOfBand }) => ({ kind, value, isOutOfBand, href: hrefOf(kind, value) })),
});

/** What a phone can call or write to by itself. The zero in brackets is not dialled after a country's number. */
function hrefOf(kind: Contact['points'][number]['kind'], value: string): string | null {
  if (kind === 'mail') return `mailto:${encodeURI(value)}`;
  if (kind !== 'mobile' && kind !== 'phone') return null;
  return `tel:${value.replace('(0)', '').replace(/[^\d+]/g, '')}`;
}
