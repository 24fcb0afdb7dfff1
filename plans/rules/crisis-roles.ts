/** Rule 9: every role in a crisis has a holder and a deputy who are still there, and nobody holds too many of one plan. */
import type { ContactFacts, CrisisRoleFacts } from '../continuity-facts.ts';
import type { ClientFacts, Reason } from '../facts.ts';
import { rolesOf } from '../readiness/exercised.ts';
import { byName } from '../readiness/graph.ts';
import { because } from '../readiness/reasons.ts';
import { found, type Rule, type RuleFinding, ruled, type Severity } from './rule.ts';

/** Whoever leads one thing can stand by another; more cannot be done at once in the first hours. */
export const MOST_ROLES = 2;

export const crisisRoles: Rule = ({ facts }) => [
  ...byName(facts.crisisRoles).flatMap((role) => {
    const { id, name } = role;
    return holderGaps(role, facts.contacts).map(([severity, reason]) =>
      found('crisis-roles', { kind: 'role', id, name }, severity, reason),
    );
  }),
  ...byName(facts.contacts).flatMap((contact) => tooManyRoles(contact, facts)),
];

function holderGaps(
  { name: role, holders }: CrisisRoleFacts,
  contacts: ContactFacts[],
): [Severity, Reason][] {
  const left = contacts.filter(({ id, hasLeft }) => hasLeft && holders.some(({ contact }) => contact === id));
  const there = holders.filter(({ contact }) => !left.some(({ id }) => id === contact));
  const gone: [Severity, Reason][] =
    left.length === 0
      ? []
      : [['contradiction', ruled('rules.role-holder-left', { role, contacts: namesOf(left) })]];
  if (there.length === 0) return [...gone, ['warning', because('readiness.role-without-holder', { role })]];
  if (there.length === 1) return [...gone, ['warning', ruled('rules.role-without-deputy', { role })]];
  return gone;
}

const namesOf = (contacts: ContactFacts[]): string =>
  byName(contacts)
    .map(({ name }) => name)
    .join(', ');

/** As first holder: a deputy steps in when somebody is missing. */
function tooManyRoles({ id, name: contact }: ContactFacts, facts: ClientFacts): RuleFinding[] {
  const counts = facts.plans.map(
    (plan) =>
      rolesOf(plan, facts).filter(({ holders }) =>
        holders.some((holder) => holder.rank === 0 && holder.contact === id),
      ).length,
  );
  const count = Math.max(0, ...counts);
  if (count <= MOST_ROLES) return [];
  const reason = ruled('rules.too-many-roles', { contact, count, most: MOST_ROLES });
  return [found('crisis-roles', { kind: 'contact', id, name: contact }, 'warning', reason)];
}
