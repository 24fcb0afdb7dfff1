/** Alerts that would reach nobody: what the settings have to be put right for. */
import type { Client } from '../clients.ts';
import type { Work } from '../work.ts';
import {
  ALERT_RULES,
  ALERT_SEVERITIES,
  type AlertRule,
  type AlertSeverity,
  RULE_SEVERITIES,
} from './condition.ts';
import { mayBeTold, type Reach } from './recipients.ts';
import type { AlertRoute } from './route-shape.ts';
import { takes } from './telling.ts';

/** Of one client: which rules' alerts of a severity reach nobody. */
export interface Unheard {
  client: Pick<Client, 'id' | 'name'>;
  severity: AlertSeverity;
  rules: AlertRule[];
}

/** Clients in sight, by name. */
export const clientNames = ({ db }: Work): Promise<Pick<Client, 'id' | 'name'>[]> =>
  db.selectFrom('clients').select(['client_id as id', 'name']).orderBy('name').limit(10_000).execute();

/** Whose findings can be so pressing. */
export const rulesOf = (severity: AlertSeverity): AlertRule[] =>
  ALERT_RULES.filter((rule) => RULE_SEVERITIES[rule].some((one) => one === severity));

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
      const rules = rulesOf(severity).filter(
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
