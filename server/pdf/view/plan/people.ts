/** Who leads, who is called, and by which number: as it is read under stress. */
import type { CallShown, PersonShown, PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import type { Voice } from '../voice.ts';

export function rolesView({ roles }: PlanSnapshot, voice: Voice) {
  const empty = roles.filter(({ holders }) => holders.length === 0).length;
  return {
    title: rolesTitle(roles.length, empty, voice),
    rows: roles.map(({ name, cell, mandate, mayApprove, holders }) => ({
      ...{ name, mandate: mandate ?? '' },
      cell: voice.word(`crisis-cell.${cell}`),
      approves: mayApprove ? voice.say('plan.approves') : '',
      people: holders.map((person) => personView(person, voice)),
      nobody: holders.length === 0 ? voice.say('plan.nobody') : '',
    })),
  };
}

function rolesTitle(count: number, empty: number, voice: Voice): string {
  if (count === 0) return voice.say('plan.roles.none');
  return empty > 0
    ? voice.say('plan.roles.empty', { count: empty, total: count })
    : voice.say('plan.roles.all', { count });
}

export function personView({ name, hasLeft, points }: PersonShown, voice: Voice) {
  return {
    name,
    left: hasLeft ? voice.say('plan.has-left') : '',
    points: points.map(({ kind, value, isOutOfBand, verifiedAt }) => ({
      ...{ value, isOutOfBand },
      about: [
        voice.word(`contact-point-kind.${kind}`),
        ...(isOutOfBand ? [voice.say('plan.out-of-band')] : []),
        verifiedAt
          ? voice.say('plan.verified', { verifiedDate: verifiedAt })
          : voice.say('plan.never-verified'),
      ].join(' · '),
    })),
    noPoints: points.length === 0 ? voice.say('plan.no-points') : '',
  };
}

export function callsView({ callTree }: PlanSnapshot, voice: Voice) {
  const { calls, bestSeconds, worstSeconds } = callTree;
  return {
    title:
      calls.length === 0
        ? voice.say('plan.calls.none')
        : voice.say('plan.calls.title', { count: calls.length, bestSeconds, worstSeconds }),
    rows: calls.map((call, index) => callView(call, index, voice)),
  };
}

/** On one line each: who, and the first number of each that works without the client's systems, else the first there is. */
export function firstCalls({ callTree }: PlanSnapshot, voice: Voice) {
  return callTree.calls.map(({ name, people }, index) => ({
    place: index + 1,
    name,
    people: people.map((person) => ({
      name: person.name === name ? '' : person.name,
      value:
        (person.points.find(({ isOutOfBand }) => isOutOfBand) ?? person.points[0])?.value ??
        voice.say('plan.no-points'),
    })),
  }));
}

const DEEPEST = 6;

function callView(
  { name, depth, people, timeoutSeconds, fallback, note }: CallShown,
  index: number,
  voice: Voice,
) {
  return {
    ...{ place: index + 1, name, note: note ?? '' },
    indent: Math.min(depth, DEEPEST),
    people: people.map((person) => personView(person, voice)),
    // A role is told with whoever holds it; somebody by name is told once.
    isRole: !(people.length === 1 && people[0]!.name === name),
    otherwise: fallback
      ? voice.say('plan.then-fallback', { timeoutSeconds, name: fallback })
      : voice.say('plan.then-nobody', { timeoutSeconds }),
  };
}

export function directoryView({ directory }: PlanSnapshot, voice: Voice) {
  return {
    title: voice.say('plan.directory.title', { count: directory.length }),
    rows: directory.map((one) => ({
      ...personView(one, voice),
      about: [one.jobTitle, one.employer, one.languages.join(', ')].filter(Boolean).join(' · '),
    })),
  };
}
