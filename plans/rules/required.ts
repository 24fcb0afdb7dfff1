/** What activities ask of what they really need: of stand-ins, those that are taken. */
import { type AssetObjectives, lowest } from '../readiness/asset-objectives.ts';
import { dataNeeded } from '../readiness/data-needed.ts';
import { neededFor } from '../readiness/needed.ts';
import type { Survey } from '../readiness/survey.ts';

/** The shortest objectives, by asset. What stands by and is not taken may be slower. */
export function requiredOf(survey: Survey): Map<string, AssetObjectives> {
  const { facts, graph, chains } = survey;
  const required = new Map<string, AssetObjectives>();
  for (const activity of facts.activities) {
    for (const asset of neededFor(activity, graph, chains).assets)
      lowest(required, asset, { rtoSeconds: activity.rtoSeconds });
    for (const { id } of dataNeeded(activity, survey))
      lowest(required, id, { rpoSeconds: activity.rpoSeconds });
  }
  return required;
}
