/** The history of one client as it is told: who does what, on which day, and what came of it. */
import type { Work } from '#/plans/work.ts';
import type { Clock } from '../clock.ts';
import type { DemoClient } from '../content/demo-client.ts';
import type { PersonKey } from '../people.ts';
import { Refs } from '../refs.ts';

export type People = Map<PersonKey, Work['actor']>;

export interface Story {
  work: Work;
  clock: Clock;
  people: People;
  content: DemoClient;
  /** Id of the client, once it was taken on. */
  client: string;
  /** Leaves with the client, who opens answers with it in drills. */
  recoveryIdentity: string;
  refs: Refs;
}

/** What happens on one day. All clients' chapters are told in the order of their days, so that the trail reads as it would have. */
export interface Chapter {
  on: number;
  tell: (story: Story) => Promise<void>;
}

export const newStory = (told: Pick<Story, 'work' | 'clock' | 'people' | 'content'>): Story => ({
  ...told,
  client: '',
  recoveryIdentity: '',
  refs: new Refs(),
});

/** The work of one of the demo's people, at a moment of its past. */
export function as({ work, people }: Pick<Story, 'work' | 'people'>, person: PersonKey, now: Date): Work {
  const actor = people.get(person);
  if (!actor) throw new Error(`The demo has nobody called ${person}.`);
  return { ...work, actor, now };
}

/** One thing after the other on one day: each call is some time later. */
export function desk(story: Story, person: PersonKey, on: number, time = '09:00', seconds = 60): () => Work {
  let now = story.clock.at(on, time).getTime() - seconds * 1000;
  return () => {
    now += seconds * 1000;
    return as(story, person, new Date(now));
  };
}

/** A moment so many days after a day of the story. */
export const moment = ({ clock }: Story, on: number, [day, time]: readonly [number, string]): Date =>
  clock.at(on, time, day);
