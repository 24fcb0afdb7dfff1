/** R6: a plan was exercised with people, and those it calls were reached. */
import type { ActivityFacts, ClientFacts, PlanFacts, Reason } from '../facts.ts';
import { because } from './reasons.ts';
import { isOlderThan } from './restore-proof.ts';
import { compareTimes } from './time.ts';

/** A year: DORA 11(6)(a), BIO2 5.30.01 and ANSSI's self-assessment of cyber crises ask for one. */
export const EXERCISE_DAYS = 365;

/** What one of the plans that cover an activity lacks to count as exercised: of the one that lacks least. */
export function exerciseGaps(activity: ActivityFacts, plans: PlanFacts[], facts: ClientFacts): Reason[] {
  const gaps = plans.map((plan) => [
    ...(lastExercise(plan, facts) === null
      ? [because('readiness.not-exercised', { activity: activity.name, intervalDays: EXERCISE_DAYS })]
      : []),
    ...contactGaps(activity, plan, facts),
  ]);
  return gaps.toSorted((left, right) => left.length - right.length)[0] ?? [];
}

/** When a plan was last exercised with people there and every objective rated, inside the interval; null when it was not. */
export function lastExercise({ id }: PlanFacts, { exercises, drills, now }: ClientFacts): string | null {
  const rated = exercises
    .filter(({ plans, state }) => state === 'done' && plans.includes(id))
    .filter(
      ({ participantsPresent, objectives, rated }) =>
        participantsPresent > 0 && objectives > 0 && rated === objectives,
    )
    .flatMap(({ endedAt }) => endedAt ?? []);
  // A drill measures what it aims at, so it needs no ratings.
  const drilled = drills
    .filter(
      ({ isTableTop, plans }) => !isTableTop && plans.some(({ plan, people }) => plan === id && people > 0),
    )
    .map(({ endedAt }) => endedAt);
  const ends = [...rated, ...drilled].filter(
    (at) => compareTimes(at, now) <= 0 && !isOlderThan(at, now, EXERCISE_DAYS),
  );
  return ends.toSorted(compareTimes).at(-1) ?? null;
}

/** Whoever the plan calls, or else holds a role in a crisis, was reached when somebody tried last. */
function contactGaps(activity: ActivityFacts, plan: PlanFacts, facts: ClientFacts): Reason[] {
  const roles = rolesOf(plan, facts);
  const vacant = roles.filter(({ holders }) => holders.length === 0);
  const called = plan.inForce?.callNodes.flatMap(({ contact }) => contact ?? []) ?? [];
  const holders = roles.flatMap((role) => role.holders.filter(({ rank }) => rank === 0));
  const contacts = [...new Set([...called, ...holders.map(({ contact }) => contact)])];
  if (roles.length + contacts.length === 0)
    return [because('readiness.no-crisis-role', { activity: activity.name })];
  const names = new Map(facts.contacts.map(({ id, name }) => [id, name]));
  return [
    ...vacant.map(({ name: role }) => because('readiness.role-without-holder', { role })),
    ...contacts
      .map((id) => ({ id, name: names.get(id) ?? id }))
      .toSorted((left, right) => (left.name < right.name ? -1 : 1))
      .flatMap((contact) => reachGaps(contact, facts)),
  ];
}

/** Roles in the plan's call tree; all of the client's where it calls nobody. */
export function rolesOf({ inForce }: PlanFacts, { crisisRoles }: Pick<ClientFacts, 'crisisRoles'>) {
  const nodes = inForce?.callNodes ?? [];
  const roles =
    nodes.length === 0 ? crisisRoles : crisisRoles.filter(({ id }) => nodes.some(({ role }) => role === id));
  return roles.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function reachGaps(
  { id, name: contact }: { id: string; name: string },
  { contactTests, now }: ClientFacts,
): Reason[] {
  const last = contactTests
    .filter((test) => test.contact === id && compareTimes(test.at, now) <= 0)
    .toSorted(
      (left, right) => compareTimes(left.at, right.at) || Number(right.isReached) - Number(left.isReached),
    )
    .at(-1);
  if (!last || isOlderThan(last.at, now, EXERCISE_DAYS))
    return [because('readiness.contact-not-tested', { contact, intervalDays: EXERCISE_DAYS })];
  return last.isReached ? [] : [because('readiness.contact-not-reached', { contact, testedAt: last.at })];
}
