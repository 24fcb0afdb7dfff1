/** Who asks: a session cookie or a bearer token, turned into a provider, a client scope and an actor. */
import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { STEP_MS } from '#/plans/door-steps.ts';
import { Refusal } from '#/plans/errors.ts';
import { LOCALES, type Locale } from '#/plans/reports/head.ts';
import { type Admitted, admitSession, admitToken, hashOfToken, notSignedIn } from '#/plans/sign-in.ts';
import { LONGEST_SESSION_MS } from '#/plans/sign-in-rules.ts';
import type { Database } from '../database.ts';

const COOKIE = 'reprise_session';
/** `second` after a right password; `challenge` while a passkey or another sign-in is asked. */
const STEP_COOKIES = { second: 'reprise_second', challenge: 'reprise_challenge' };
export type StepCookie = keyof typeof STEP_COOKIES;
const LOCALE_COOKIE = 'reprise_locale';

/** A secret of 256 bits that nobody guesses, told once. */
export const newToken = () => randomBytes(32).toString('base64url');

/** Whom the request comes from. Refuses when nobody is signed in. */
export async function identify(request: Request, database: Database, now: Date): Promise<Admitted> {
  const bearer = bearerOf(request);
  const token = bearer ?? cookieOf(request, COOKIE);
  if (!token) throw notSignedIn();
  const hash = hashOfToken(token);
  const admitted = await database.atDoor({ hash }, (door) =>
    bearer ? admitToken(door, hash, now) : admitSession(door, hash, now),
  );
  if (!admitted) throw notSignedIn();
  if (!bearer) refuseForgery(request);
  if (admitted.mustAddFactor && !/^\/account(\/|$)/.test(request.path))
    throw new Refusal('forbidden', 'second-factor.needed');
  return admitted;
}

/**
 * Refuses a change that another site sends in somebody's name. Browsers say where a request comes from; an API token
 * is not sent by a browser on its own, so it needs no such check.
 */
export function refuseForgery(request: Request) {
  if (['GET', 'HEAD'].includes(request.method)) return;
  const site = request.get('sec-fetch-site');
  const isOurs = site
    ? site === 'same-origin' || site === 'none'
    : hostOf(request.get('origin')) === request.get('host');
  if (!isOurs) throw new Refusal('forbidden', 'http.other-site');
}

export function setSession(response: Response, token: string, isSecure: boolean) {
  response.cookie(COOKIE, token, {
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure,
    path: '/',
    maxAge: LONGEST_SESSION_MS,
  });
}

export const clearSession = (response: Response) => response.clearCookie(COOKIE, { path: '/' });

/** What a browser has begun at the door. It comes back from another site with a plain link, hence not `strict`. */
export function setStep(response: Response, which: StepCookie, token: string, isSecure: boolean) {
  response.cookie(STEP_COOKIES[which], token, {
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure,
    path: '/',
    maxAge: STEP_MS,
  });
}

export function clearSteps(response: Response) {
  for (const name of Object.values(STEP_COOKIES)) response.clearCookie(name, { path: '/' });
}

export const stepOf = (request: Request, which: StepCookie) => cookieOf(request, STEP_COOKIES[which]);

export const sessionOf = (request: Request) => cookieOf(request, COOKIE);

export function setLocale(response: Response, locale: Locale) {
  response.cookie(LOCALE_COOKIE, locale, { sameSite: 'lax', path: '/', maxAge: 365 * 86_400_000 });
}

/** The language to answer in: what was chosen, else what the person's record says, else what the browser asks for. */
export function localeOf(request: Request, recorded: string | null): Locale {
  const asked = request.acceptsLanguages(...LOCALES);
  const candidates = [cookieOf(request, LOCALE_COOKIE), recorded, asked];
  return candidates.find((one): one is Locale => LOCALES.some((locale) => locale === one)) ?? 'en';
}

export function bearerOf(request: Request): string | null {
  const [, token] = /^Bearer ([\w.~+/=-]{20,200})$/.exec(request.get('authorization') ?? '') ?? [];
  return token ?? null;
}

function cookieOf(request: Request, name: string): string | null {
  for (const part of (request.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name && value) return value;
  }
  return null;
}

const hostOf = (origin: string | undefined) => (origin && URL.canParse(origin) ? new URL(origin).host : null);
