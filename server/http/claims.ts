/** Where other backup tools say how their jobs end: by an address only they know, or by a webhook that they sign. */
import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { type ClaimSourceAtDoor, findClaimSourceAtDoor, speakAs } from '#/plans/claims/door.ts';
import { hearClaim } from '#/plans/claims/words.ts';
import { Refusal } from '#/plans/errors.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import type { Work } from '#/plans/work.ts';
import { kindOfPing, readHead, readPing, readSigned, SIGNED_SECONDS } from './claim-words.ts';
import { openRate } from './rate.ts';
import type { Services } from './services.ts';

const LONGEST_WEBHOOK = '256kb';
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
  const signedBody = express.raw({ type: () => true, limit: LONGEST_WEBHOOK });

  app.all(['/ping/:token', '/ping/:token/:what'], async (request, response) => {
    if (!['GET', 'HEAD', 'POST'].includes(request.method)) throw new Refusal('not-found', 'not-found.page');
    const hash = hashOfToken(String(request.params.token));
    take(request, hash);
    const source = await services.database.atDoor({ hash }, (door) => findClaimSourceAtDoor(door, { hash }));
    const kind = kindOfPing(String(request.params.what ?? ''));
    if (!source || !kind) throw new Refusal('not-found', 'not-found.page');
    const said = readPing(kind, { run: request.query.rid, body: await readHead(request) });
    await inWork(services, source, (work) => hearClaim(work, sourceOf(source), said));
    answer(response, 200);
  });

  app.post('/claims/:id', signedBody, async (request, response) => {
    const { success, data: id } = z.uuid().safeParse(request.params.id);
    if (!success) throw new Refusal('not-found', 'not-found.page');
    // Its id is no secret: who floods it from elsewhere must not silence the tool.
    take(request, `${id} ${request.ip}`);
    const source = await services.database.atDoor({ hash: id }, (door) =>
      findClaimSourceAtDoor(door, { id }),
    );
    if (!source) throw new Refusal('not-found', 'not-found.page');
    const now = services.clock();
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const signed = readSigned(request.get('x-reprise-signature'), bytes);
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
      address: settings.http.publicUrl,
      places: settings.places,
    }),
  );
}
