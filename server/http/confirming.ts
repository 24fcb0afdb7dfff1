/** Before dangerous acts a person shows once more who they are, unless they did so in the last ten minutes. */
import type { Request } from 'express';
import { Refusal } from '#/plans/errors.ts';

const FRESH_MS = 10 * 60_000;

/** A token is shown with each request, and nobody sits before it. */
export function refuseUnlessConfirmed({ admitted }: Pick<Request, 'admitted'>, now: Date): void {
  const confirmedAt = admitted?.confirmedAt ?? null;
  if (confirmedAt === null || now.getTime() - confirmedAt.getTime() < FRESH_MS) return;
  throw new Refusal('forbidden', 'confirm.needed');
}

/** Where to go on afterwards: the page that was asked for, or the one whose form was sent. */
export function placeAfterConfirming(request: Request): string {
  if (request.method === 'GET') return request.originalUrl;
  const from = request.get('referer');
  if (!from || !URL.canParse(from)) return '/account';
  const { host, pathname, search } = new URL(from);
  return host === request.get('host') ? pathname + search : '/account';
}
