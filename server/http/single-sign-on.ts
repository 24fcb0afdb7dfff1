/** Signing in by the OpenID provider of one's organisation: the way out, and the way back. */
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { record } from '#/plans/audit.ts';
import { putStep, takeStep } from '#/plans/door-steps.ts';
import { Refusal } from '#/plans/errors.ts';
import { findFactorsAtDoor } from '#/plans/factor-door.ts';
import { Email } from '#/plans/people.ts';
import { countPlace, findPersonAtDoor, hashOfToken, listOwnProviders } from '#/plans/sign-in.ts';
import { type Admission, admitVouched, type Known } from '#/plans/single-sign-on/admit.ts';
import { findDomainAtDoor, isRefusalToKeep } from '#/plans/single-sign-on/door.ts';
import type { Claims, SignOnRefusal } from '#/plans/single-sign-on/judge.ts';
import { aboutIt, findSignOnAtDoor, type SignOnAtDoor } from '#/plans/single-sign-on/settings.ts';
import { type Asked, askThere, hearThere, openProvider } from '../single-sign-on/client.ts';
import { asPerson, placeIn, showAtDoor } from './at-door.ts';
import { showSignIn } from './door.ts';
import { localeOf, newToken, refuseForgery, setStep, stepOf } from './identity.ts';
import { letIn } from './let-in.ts';
import { explain } from './problems.ts';
import { beginSecondFactor } from './second-factor.ts';
import { addressOf, isSecure, type Services } from './services.ts';

const KIND = 'single-sign-on';
export const BACK = '/sign-in/organisation/back';
const Wish = z.object({ email: Email, next: z.string().optional(), again: z.literal('1').optional() });

interface Kept {
  provider: string;
  next: string;
  asked: Asked;
}

export function mountSingleSignOn(app: Express, services: Services) {
  app.post('/sign-in/organisation', (request, response) =>
    orTell(services, request, response, async () => {
      refuseForgery(request);
      const { email, next, again } = Wish.parse(request.body ?? {});
      const wish = { email, next: placeIn(next), isAgain: again === '1' };
      const address = await beginThere(services, request, response, wish);
      // A page and no redirect: browsers let a form lead to no other site than ours.
      showAtDoor(services, request, response, {
        show: 'sign-in-elsewhere',
        title: 'single-sign-on.leaving',
        data: { address: address.href, host: address.host },
      });
    }),
  );

  app.get(BACK, (request, response) =>
    orTell(services, request, response, async () =>
      response.redirect(303, await comeBack(services, request, response)),
    ),
  );
}

/** What went wrong is told on the page where people sign in. */
async function orTell(services: Services, request: Request, response: Response, run: () => Promise<void>) {
  try {
    await run();
  } catch (error) {
    const problem = explain(error, localeOf(request, null), services.templates.say);
    if (problem.status === 500) throw error;
    response.status(problem.status);
    const { email, next } = (request.body ?? {}) as Record<string, unknown>;
    showSignIn(services, request, response, {
      email: typeof email === 'string' ? email.slice(0, 254) : '',
      next: placeIn(next),
      problem,
      done: null,
    });
  }
}

async function beginThere(
  services: Services,
  request: Request,
  response: Response,
  { email, next, isAgain }: { email: string; next: string; isAgain: boolean },
): Promise<URL> {
  const { database, clock, settings } = services;
  await refuseTooMany(services, request);
  const provider = await database.atDoor({ email }, (door) => findDomainAtDoor(door, email));
  const signOn = provider && (await signOnOf(services, provider));
  if (!signOn) throw new Refusal('conflict', 'single-sign-on.none');
  const { address, asked } = await askThere(await reached(services, signOn), {
    redirectUri: addressOf(settings) + BACK,
    email,
    isAgain,
    groupClaim: signOn.groupClaim,
  });
  const token = newToken();
  const hash = hashOfToken(token);
  const data: Kept = { provider: signOn.provider, next, asked };
  await database.atDoor({ hash }, (door) =>
    putStep(door, { hash, kind: KIND, person: null, data, now: clock() }),
  );
  setStep(response, 'challenge', token, isSecure(settings));
  return address;
}

/** Where to go from here: on, or to the second factor. */
async function comeBack(services: Services, request: Request, response: Response): Promise<string> {
  const { database, settings } = services;
  const kept = await takeKept(services, request);
  if (!kept) await refuseTooMany(services, request);
  const signOn = kept && (await signOnOf(services, kept.provider));
  if (!kept || !signOn) throw new Refusal('unauthenticated', 'single-sign-on.over');
  const back = new URL(request.originalUrl, addressOf(settings));
  const claims = await claimsOf(services, signOn, { asked: kept.asked, back });
  const admission = claims
    ? await admit(services, request, signOn, claims)
    : ({ refused: 'broken', person: null } as const);
  if ('refused' in admission) throw await refusedFor(services, signOn, admission);
  const { person, hadSecondFactor } = admission;
  const factors =
    hadSecondFactor ||
    (await database.atDoor({ person: person.id }, (door) => findFactorsAtDoor(door, person.id)));
  if (factors && !hadSecondFactor) {
    await beginSecondFactor(services, response, { person: person.id, email: person.email, next: kept.next });
    return '/sign-in/second';
  }
  await letIn(services, request, response, { person, hasSecondFactor: hadSecondFactor });
  return kept.next;
}

async function takeKept({ database, clock }: Services, request: Request): Promise<Kept | null> {
  const token = stepOf(request, 'challenge');
  if (!token) return null;
  const hash = hashOfToken(token);
  const step = await database.atDoor({ hash }, (door) =>
    takeStep<Kept>(door, { hash, kind: KIND, now: clock() }),
  );
  return step?.data ?? null;
}

/** Null where anything of what came back is not as asked; why is for the log. */
async function claimsOf(
  services: Services,
  signOn: SignOnAtDoor,
  heard: { asked: Asked; back: URL },
): Promise<Claims | null> {
  const provider = await reached(services, signOn);
  try {
    return await hearThere(provider, { ...heard, groupClaim: signOn.groupClaim });
  } catch (error) {
    services.log.warn({ err: error, provider: signOn.provider }, 'a single sign-on was refused');
    return null;
  }
}

async function admit(
  services: Services,
  request: Request,
  signOn: SignOnAtDoor,
  claims: Claims,
): Promise<Admission> {
  const { data: email } = Email.safeParse(claims.email);
  const known = email ? await whoHas(services, email) : null;
  const by = known ?? { id: signOn.provider, name: signOn.name };
  const locale = localeOf(request, null);
  return asPerson(services, signOn.provider, by, (work) =>
    admitVouched(work, { signOn, claims, known, locale }),
  );
}

async function whoHas({ database, clock }: Services, email: string): Promise<Known | null> {
  const person = await database.atDoor({ email }, (door) => findPersonAtDoor(door, email));
  if (!person) return null;
  const providers = await database.atDoor({ person: person.id }, (door) =>
    listOwnProviders(door, person.id, clock()),
  );
  return { id: person.id, name: person.name, providers };
}

/** The trail says who was refused and why, so many times in a while; the page says what to do and nothing of anybody else. */
async function refusedFor(
  services: Services,
  signOn: SignOnAtDoor,
  { refused, person }: { refused: SignOnRefusal; person: Known | null },
): Promise<Refusal> {
  const { database, clock } = services;
  const isKept = await database.atDoor({}, (door) => isRefusalToKeep(door, signOn.provider, clock()));
  const about = person ? ({ kind: 'person', id: person.id, client: null } as const) : aboutIt(signOn);
  if (isKept)
    await asPerson(services, signOn.provider, person ?? { id: signOn.provider, name: signOn.name }, (work) =>
      record(work, 'session.refused', about, { factor: KIND, reason: refused }),
    );
  return new Refusal('unauthenticated', `single-sign-on.${refused}`, { name: signOn.name });
}

const signOnOf = (services: Services, provider: string): Promise<SignOnAtDoor | null> =>
  asPerson(services, provider, { id: provider, name: '' }, findSignOnAtDoor);

async function reached({ doorVault, settings, log }: Services, signOn: SignOnAtDoor) {
  try {
    return await openProvider({
      signOn,
      secret: doorVault.open(signOn.provider, KIND, signOn.sealedSecret),
      privateHosts: settings.privateHosts,
    });
  } catch (error) {
    log.warn({ err: error, provider: signOn.provider }, 'an OpenID provider was not reached');
    throw new Refusal('conflict', 'single-sign-on.unreachable', { name: signOn.name });
  }
}

async function refuseTooMany({ database, clock }: Services, request: Request) {
  const address = request.ip ?? 'unknown';
  const tooMany = await database.atDoor({}, (door) => countPlace(door, { address, now: clock() }));
  if (tooMany) throw new Refusal('too-many', 'sign-in.too-many');
}
