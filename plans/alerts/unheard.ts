/** Alerts that would reach nobody: what the settings have to be put right for. */
import type { Client } from '../clients.ts';
import { ALERT_RULES, ALERT_SEVERITIES, type AlertRule, type AlertSeverity } from './condition.ts';
import { mayBeTold, type Reach } from './recipients.ts';
import type { AlertRoute } from './routes.ts';
import { takes } from './telling.ts';

/** Of one client: which rules' alerts of a severity reach nobody. */
export interface Unheard {
  client: Pick<Client, 'id' | 'name'>;
  severity: AlertSeverity;
  rules: AlertRule[];
}

/** A mail reaches nobody while there is no relay to hand it to. */
export function unheardOf(
  clients: readonly Pick<Client, 'id' | 'name'>[],
  {
    routes,
    reach,
    hasRelay,
  }: { routes: readonly AlertRoute[]; reach: ReadonlyMap<string, Reach>; hasRelay: boolean },
): Unheard[] {
  return clients.flatMap((client) =>
    ALERT_SEVERITIES.toReversed().flatMap((severity) => {
      const rules = ALERT_RULES.filter(
        (rule) =>
          !routes.some(
            (route) =>
              takes(route, { client: client.id, rule, severity }) &&
              route.recipients.some(({ to, isDeputy }) => {
                const known = reach.get(to);
                return (
                  !isDeputy &&
                  known !== undefined &&
                  mayBeTold(known, client.id) &&
                  (known.mail === null || hasRelay)
                );
              }),
          ),
      );
      return rules.length === 0 ? [] : [{ client: { id: client.id, name: client.name }, severity, rules }];
    }),
  );
}
