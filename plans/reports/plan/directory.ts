/** Contacts as a plan document prints them, found by id or by the name under which a version froze them. */
import { type Contact, hasLeft } from '../../contacts.ts';
import type { PersonShown, PlanSnapshot } from './snapshot.ts';

export interface Directory {
  /** Those who are still there. */
  all: PlanSnapshot['directory'];
  /** Somebody who stands in no directory has a name and nothing else. */
  named(name: string): PersonShown;
  byId(id: string): PersonShown | null;
}

export function directoryOf(contacts: Contact[], now: Date): Directory {
  const shown = contacts.map((contact) => ({ contact, person: personOf(contact, now) }));
  const byName = new Map(shown.map(({ person }) => [person.name, person]));
  const byId = new Map(shown.map(({ contact, person }) => [contact.id, person]));
  return {
    all: shown
      .filter(({ person }) => !person.hasLeft)
      .map(({ contact: { employer, jobTitle, languages }, person }) => ({
        ...person,
        employer,
        jobTitle,
        languages,
      })),
    named: (name) => byName.get(name) ?? { name, hasLeft: false, points: [] },
    byId: (id) => byId.get(id) ?? null,
  };
}

const personOf = (contact: Contact, now: Date): PersonShown => ({
  name: contact.name,
  hasLeft: hasLeft(contact, now),
  points: contact.points.map(({ kind, value, isOutOfBand, verifiedAt }) => ({
    ...{ kind, value, isOutOfBand, verifiedAt },
  })),
});
