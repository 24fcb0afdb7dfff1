/** Who is told what, and when: pure, of the routes there are and what happened. */
import type { AlertRule, AlertSeverity } from './condition.ts';
import { isWorse } from './condition.ts';
import type { AlertEventKind } from './events.ts';
import { nextDigest, nextLoud } from './quiet-hours.ts';
import { mayBeTold, type Reach } from './recipients.ts';
import type { AlertRoute } from './route-shape.ts';

/** One alert that something happened to. */
export interface Happened {
  client: string;
  rule: AlertRule;
  severity: AlertSeverity;
  kind: AlertEventKind;
  /** Whose deputies are told; of an escalation alone. */
  route: string | null;
}

/** What is told to somebody, and when at the earliest. */
export interface Telling {
  route: string;
  to: string;
  name: string;
  dueAt: Date;
  isDigest: boolean;
}

/** A route takes what is pressing enough, by a rule that it asks for, of its client; what is critical is always pressing enough. */
export const takes = (route: AlertRoute, alert: Pick<Happened, 'client' | 'rule' | 'severity'>): boolean =>
  route.isEnabled &&
  (route.client === null || route.client === alert.client) &&
  (route.rules.length === 0 || route.rules.includes(alert.rule)) &&
  !isWorse(route.leastSeverity, alert.severity);

/** Each once, by the first route that takes it: somebody on two routes is told by the one that tells sooner. */
export function tellingsOf(
  happened: Happened,
  {
    routes,
    reach,
    zone,
    now,
  }: { routes: readonly AlertRoute[]; reach: ReadonlyMap<string, Reach>; zone: string; now: Date },
): Telling[] {
  const tellings = routes
    .filter((route) => takes(route, happened) && (happened.route === null || happened.route === route.id))
    .flatMap((route) =>
      toldBy(route, happened, reach).map(({ to, name, timeZone }): Telling => {
        const { dueAt, isDigest } = whenOf(route, happened, timeZone ?? zone, now);
        return { route: route.id, to, name, dueAt, isDigest };
      }),
    )
    .toSorted((left, right) => left.dueAt.getTime() - right.dueAt.getTime());
  return [...Map.groupBy(tellings, ({ to }) => to).values()].map((own) => own[0]!);
}

/** First those who look after it; the deputies when nobody took note in time. */
const toldBy = (route: AlertRoute, { client, kind }: Happened, reach: ReadonlyMap<string, Reach>) =>
  route.recipients.filter(({ to, isDeputy }) => {
    const known = reach.get(to);
    return known !== undefined && mayBeTold(known, client) && isDeputy === (kind === 'escalated');
  });

function whenOf(
  route: AlertRoute,
  { severity, kind }: Happened,
  zone: string,
  now: Date,
): { dueAt: Date; isDigest: boolean } {
  const isCritical = severity === 'critical';
  const quiet = { ...route, from: route.quietFrom, until: route.quietUntil };
  if (!isCritical && route.pace !== 'at-once' && kind !== 'escalated')
    return { dueAt: nextLoud(nextDigest(now, route.pace, zone), quiet, zone), isDigest: true };
  if (isCritical && route.doesCriticalPass) return { dueAt: now, isDigest: false };
  return { dueAt: nextLoud(now, quiet, zone), isDigest: false };
}
