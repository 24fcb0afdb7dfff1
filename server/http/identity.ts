/** Who asks: a session cookie or a bearer token, turned into a provider, a client scope and an actor. */
import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { Refusal } from '#/plans/errors.ts';
import { LOCALES, type Locale } from '#/plans/reports/snapshot.ts';
import {
  type Admitted,
  admitSession,
  admitToken,
  hashOfToken,
  notSignedIn,
  SESSION_LIFE_MS,
} from '#/plans/sign-in.ts';
import type { Database } from '../database.ts';

const COOKIE = 'reprise_session';
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
    maxAge: SESSION_LIFE_MS,
  });
}

export const clearSession = (response: Response) => response.clearCookie(COOKIE, { path: '/' });

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

function bearerOf(request: Request): string | null {
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
