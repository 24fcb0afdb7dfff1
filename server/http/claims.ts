/** Where other backup tools say how their jobs end: by an address only they know, or by a webhook that they sign. */
import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { type ClaimSourceAtDoor, findClaimSourceAtDoor, speakAs } from '#/plans/claims/door.ts';
import { hearClaim } from '#/plans/claims/words.ts';
import { Refusal } from '#/plans/errors.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import type { Work } from '#/plans/work.ts';
import { kindOfPing, readPing, readSigned, SIGNED_SECONDS } from './claim-words.ts';
import { openRate } from './rate.ts';
import type { Services } from './services.ts';

/** Tools send logs of any length; the first 10 KB are kept. */
const LONGEST_BODY = '256kb';
const A_MINUTE = 60;

export function mountClaims(app: Express, services: Services) {
  const perSource = openRate({ most: A_MINUTE, seconds: 60 });
  const perAddress = openRate({ most: 5 * A_MINUTE, seconds: 60 });
  const take = (request: Request, shown: string) => {
    const now = services.clock().getTime();
    if (perAddress(request.ip ?? '', now) && perSource(shown, now)) return;
    request.res?.set('retry-after', '60');
    throw new Refusal('too-many', 'claim.too-many');
  };
  const body = express.raw({ type: () => true, limit: LONGEST_BODY });

  app.all(['/ping/:token', '/ping/:token/:what'], body, async (request, response) => {
    if (!['GET', 'HEAD', 'POST'].includes(request.method)) throw new Refusal('not-found', 'not-found.page');
    const hash = hashOfToken(String(request.params.token));
    take(request, hash);
    const source = await services.database.atDoor({ hash }, (door) => findClaimSourceAtDoor(door, { hash }));
    const kind = kindOfPing(String(request.params.what ?? ''));
    if (!source || !kind) throw new Refusal('not-found', 'not-found.page');
    const said = readPing(kind, { run: request.query.rid, body: bytesOf(request) });
    await inWork(services, source, (work) => hearClaim(work, sourceOf(source), said));
    answer(response, 200);
  });

  app.post('/claims/:id', body, async (request, response) => {
    const { success, data: id } = z.uuid().safeParse(request.params.id);
    if (!success) throw new Refusal('not-found', 'not-found.page');
    take(request, id);
    const source = await services.database.atDoor({ hash: id }, (door) =>
      findClaimSourceAtDoor(door, { id }),
    );
    if (!source) throw new Refusal('not-found', 'not-found.page');
    const now = services.clock();
    const signed = readSigned(request.get('x-reprise-signature'), bytesOf(request));
    if (Math.abs(now.getTime() / 1000 - signed.seconds) > SIGNED_SECONDS)
      throw new Refusal('unauthenticated', 'claim.stale');
    // Only a worker opens the key that it must have been signed with.
    await inWork(services, source, (work) =>
      work.enqueue('hear-claim', { source: source.id, heardAt: now.toISOString(), ...signed }),
    );
    answer(response, 202);
  });
}

const sourceOf = ({ id, client }: ClaimSourceAtDoor) => ({ source: id, client });

const bytesOf = ({ body }: Request): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

const answer = (response: Response, status: number) =>
  void response.status(status).set('cache-control', 'no-store').type('text').send('OK\n');

function inWork<T>(
  { database, queue, vault, settings, clock }: Services,
  source: ClaimSourceAtDoor,
  run: (work: Work) => Promise<T>,
): Promise<T> {
  const { provider, client } = source;
  const clients = [client];
  return database.inProvider(provider, clients, (db) =>
    run({
      db,
      provider,
      clients,
      actor: speakAs(source),
      now: clock(),
      enqueue: (job, payload, options) => queue.add(db, provider, job, payload, options),
      seal: (purpose, secret) => vault.seal(provider, purpose, secret),
      places: settings.places,
    }),
  );
}
