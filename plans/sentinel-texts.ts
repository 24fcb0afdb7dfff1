/** The one line of a dated sentinel: when it was planted, before the backup of which run. */

export const sentinelText = (at: Date, run: string): string => `reprise-sentinel ${at.toISOString()} ${run}`;

/** Null where the text is none that `sentinelText` makes. */
export function readSentinelText(text: string): { plantedAt: Date; run: string } | null {
  const [, at = '', run = ''] = /^reprise-sentinel (\S{1,30}) (\S{1,60})$/.exec(text) ?? [];
  const plantedAt = new Date(at);
  return Number.isNaN(plantedAt.getTime()) ? null : { plantedAt, run };
}
