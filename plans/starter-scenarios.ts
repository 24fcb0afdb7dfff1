/** The scenarios that a consultant starts from: one for each family. */
import { z } from 'zod';
import { listAssets } from './assets.ts';
import { findClient } from './clients.ts';
import { SCENARIO_FAMILIES } from './continuity-facts.ts';
import type { AssetKind } from './facts.ts';
import { addScenario, listScenarios, type NewScenario } from './scenarios.ts';
import texts from './starter/scenarios.json' with { type: 'json' };
import type { Work } from './work.ts';

const Words = z.object({ fr: z.string().min(1), en: z.string().min(1), nl: z.string().min(1) });

export const STARTER_SCENARIOS = z
  .array(
    z.strictObject({
      family: z.enum(SCENARIO_FAMILIES),
      likelihood: z.int().min(1).max(5),
      name: Words,
      description: Words,
    }),
  )
  .parse(texts);

/** Whatever an attacker with all rights may have changed cannot be trusted. */
const REACHED_BY_ADMINISTRATORS: readonly AssetKind[] = [
  'server',
  'virtual-machine',
  'identity',
  'data-set',
  'endpoint-fleet',
];

/** Adds a proposed scenario, in the client's language, for each family that has none. */
export async function takeStarterScenarios(work: Work, client: string): Promise<void> {
  const { locale } = await findClient(work, client);
  const known = await listScenarios(work, client);
  const assets = await listAssets(work, client);
  for (const { family, likelihood, name, description } of STARTER_SCENARIOS) {
    if (known.some((scenario) => scenario.family === family || scenario.name === name[locale])) continue;
    const effects: NewScenario['effects'] =
      family === 'ransomware-admin-stolen'
        ? assets
            .filter(({ kind }) => REACHED_BY_ADMINISTRATORS.includes(kind))
            .map(({ id }) => ({ asset: id, site: null, effect: 'untrusted', durationSeconds: null }))
        : [];
    await addScenario(work, client, {
      name: name[locale],
      family,
      description: description[locale],
      likelihood,
      state: 'proposed',
      reason: null,
      effects: effects.slice(0, 500),
    });
  }
}
