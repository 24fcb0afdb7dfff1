/** Gathers the cards of crisis roles from every plan in force, with the numbers of today. */
import { listContacts } from '../../contacts.ts';
import { type CrisisRole, holdersOn, listCrisisRoles } from '../../crisis-roles.ts';
import { todayIn } from '../../days.ts';
import { findVersion, type PlanVersion } from '../../plan-versions.ts';
import { listPlans } from '../../plans.ts';
import { runbookTimes } from '../../runbook-times.ts';
import { triedFor } from '../../version-call-trees.ts';
import type { Work } from '../../work.ts';
import type { Built, ClientOrder } from '../order.ts';
import { type Directory, directoryOf } from '../plan/directory.ts';
import type { RoleCard } from './snapshot.ts';

export async function buildCards(work: Work, { facts }: ClientOrder): Promise<Built<'cards'>> {
  const client = facts.client.id;
  const versions = await inForce(work, client);
  const directory = directoryOf(await listContacts(work, client), work.now);
  const tried = await triedFor(work, client);
  const peopleOf = (node: PlanVersion['callNodes'][number]) =>
    node.crisisRole
      ? tried(node.crisisRole).map(({ name }) => directory.named(name))
      : [directory.byId(node.contact ?? '') ?? directory.named(node.name)];
  const today = todayIn(facts.client.timeZone, work.now);
  return {
    kind: 'cards',
    client: facts.client,
    versions: {},
    cards: (await listCrisisRoles(work, client)).map((role) =>
      cardOf(role, { versions, directory, peopleOf, today }),
    ),
    plans: versions.map(({ title, number, sha256 }) => ({ title, number, sha256: sha256 ?? '' })),
  };
}

async function inForce(work: Work, client: string): Promise<PlanVersion[]> {
  const versions: PlanVersion[] = [];
  for (const plan of await listPlans(work, client))
    if (plan.inForce) versions.push(await findVersion(work, plan.inForce.id));
  return versions;
}

interface Sources {
  versions: PlanVersion[];
  directory: Directory;
  peopleOf(node: PlanVersion['callNodes'][number]): RoleCard['calls'][number]['people'];
  today: string;
}

function cardOf(role: CrisisRole, { versions, directory, peopleOf, today }: Sources): RoleCard {
  const isOurs = (text: string | null) => text?.trim().toLowerCase() === role.name.toLowerCase();
  return {
    ...{ name: role.name, cell: role.cell, mandate: role.mandate },
    holders: holdersOn(role, today).map(({ name }) => directory.named(name)),
    decides: versions.flatMap(({ title, sections }) =>
      sections
        .flatMap(({ payload }) => payload.thresholds ?? [])
        .filter(({ decidedBy }) => isOurs(decidedBy))
        .map(({ sign, limit }) => ({ plan: title, sign, limit })),
    ),
    calls: onceEach(
      versions.flatMap(({ callNodes }) => {
        const own = new Set(
          callNodes.filter(({ crisisRole }) => crisisRole === role.id).map(({ key }) => key),
        );
        const nameOf = new Map(callNodes.map(({ key, name }) => [key, name]));
        return callNodes
          .filter(({ calledBy }) => calledBy !== null && own.has(calledBy))
          .map((node) => ({
            ...{ name: node.name, people: peopleOf(node), timeoutSeconds: node.timeoutSeconds },
            fallback: node.fallback === null ? null : (nameOf.get(node.fallback) ?? node.fallback),
          }));
      }),
    ),
    steps: versions.flatMap(({ title, steps }) => {
      const { beginsAfter } = runbookTimes(steps);
      return steps.flatMap(({ crisisRole, role: named, action, p50Seconds }, index) =>
        crisisRole === role.id || isOurs(named)
          ? [
              {
                plan: title,
                place: index + 1,
                action,
                beginsAfterSeconds: beginsAfter[index] ?? 0,
                p50Seconds,
              },
            ]
          : [],
      );
    }),
  };
}

/** Several plans have one person called by the same: once is enough on a card. */
const onceEach = (calls: RoleCard['calls']): RoleCard['calls'] => [
  ...new Map(calls.map((call) => [call.name, call])).values(),
];
