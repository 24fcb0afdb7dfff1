/** What the door's pages share: showing one, and writing down what somebody did who is only just known. */
import type { Request, Response } from 'express';
import { record } from '#/plans/audit.ts';
import { listOwnProviders } from '#/plans/sign-in.ts';
import type { Work } from '#/plans/work.ts';
import { localeOf } from './identity.ts';
import type { Services } from './services.ts';
import { pageData } from './shell.ts';

/** Shows a page to somebody who is not signed in. `title` is a key of the words. */
export function showAtDoor(
  { templates }: Pick<Services, 'templates'>,
  request: Request,
  response: Response,
  { show, title, data }: { show: string; title: string; data: object },
) {
  const locale = localeOf(request, null);
  const html = templates.render(show, locale, {
    ...pageData(request, locale, data),
    title: templates.say(locale, title),
  });
  response.set('cache-control', 'no-store').type('html').send(html);
}

/** Does a person's work at one provider, where no client is in scope. They have shown who they are, and hold no session. */
export async function asPerson<Found>(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  provider: string,
  { id, name }: { id: string; name: string },
  run: (work: Work) => Promise<Found>,
): Promise<Found> {
  const actor: Work['actor'] = { kind: 'person', id, name, role: 'service', scopes: [] };
  return database.inProvider(provider, [], (db) =>
    run({ db, provider, clients: [], actor, now: clock(), ...NOTHING_ELSE }),
  );
}

/**
 * Writes into the trail of each provider of a person that somebody was refused in their name. Nobody waits for it: the answer
 * would come later than where nobody is known.
 */
export function noteRefusal(
  services: Pick<Services, 'database' | 'clock' | 'log'>,
  { id, name, factor }: { id: string; name: string; factor: string },
): void {
  const { database, clock, log } = services;
  const note = async () => {
    const providers = await database.atDoor({ person: id }, (door) => listOwnProviders(door, id, clock()));
    for (const provider of providers)
      await asPerson(services, provider, { id, name }, (work) =>
        record(work, 'session.refused', { kind: 'person', id, client: null }, { factor }),
      );
  };
  note().catch((error) => log.error({ err: error }, 'a refused sign-in could not be written into the trail'));
}

/** Only a place of ours: an address that leads elsewhere becomes the front page. */
export function placeIn(next: unknown): string {
  const isOurs = typeof next === 'string' && /^\/(?![/\\])[^\\\r\n]*$/.test(next);
  return isOurs ? next : '/';
}

/** Such work needs neither a queue nor a vault. */
const NOTHING_ELSE: Pick<Work, 'enqueue' | 'seal' | 'address' | 'places'> = {
  address: null,
  enqueue: () => Promise.reject(new Error('Nothing is enqueued at the door.')),
  seal: () => {
    throw new Error('Nothing is sealed at the door.');
  },
  places: { sources: [], stores: [] },
};
