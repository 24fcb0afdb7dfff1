/** What a drill is planned from: what is known of the client, where each point lies, and what the scenario takes. */
import type { ScenarioFacts } from '../continuity-facts.ts';
import type { ClientFacts } from '../facts.ts';

export interface DrillStore {
  id: string;
  name: string;
  site: string | null;
  account: string | null;
  /** Assets without which nobody gets at it. */
  needs: string[];
}

/** Where a recovery point lies, and which keys open it. */
export interface PointPlace {
  store: string;
  sealedTo: string[];
}

export interface DrillSetting {
  facts: ClientFacts;
  stores: DrillStore[];
  /** By recovery point. */
  places: Map<string, PointPlace>;
  /** Crisis roles that lead steps of plans in force, by plan and step: `<plan> <key>`. */
  stepRoles: Map<string, string>;
}

/** What is taken away, besides what the scenario itself says. */
export interface DrillAsked {
  scenario: ScenarioFacts;
  /** Activities to bring back; null: all that stand still. */
  activities: readonly string[] | null;
  /** Contacts who are not there. */
  absent: readonly string[];
  /** Stores whose account is in the wrong hands; others of the same account are lost with them. */
  lostStores: readonly string[];
  /** Since when somebody with every right was in: what was made later is not trusted. Null: nobody was. */
  compromisedAt: string | null;
}
