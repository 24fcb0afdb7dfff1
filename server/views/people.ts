import type { Member } from '#/plans/people.ts';

/** `people`: who has a sign-in at the provider. */
export interface PeopleView {
  people: (Member & { isOneself: boolean; endHref: string })[];
  done: 'sessions' | 'ended' | null;
}
