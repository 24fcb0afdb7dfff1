/** Why something cannot be brought back in a drill, or what a plan leaves in doubt, with the names of the params. */
import type { Reason } from '../facts.ts';

export const DRILL_REASONS = {
  // Why a recovery point does not help.
  'drill.point-unproven': ['asset'],
  'drill.point-after-intrusion': ['asset', 'compromisedAt'],
  'drill.point-at-lost-site': ['asset', 'store', 'site'],
  'drill.point-in-lost-account': ['asset', 'store'],
  'drill.key-held-by-absent': ['asset', 'holders'],
  'drill.key-holders-gone': ['asset'],
  // Why an asset does not come back.
  'drill.no-copy': ['asset'],
  'drill.gone': ['asset'],
  'drill.key-lost': ['asset', 'holders'],
  'drill.store-waits': ['asset', 'store'],
  'drill.circle': ['circle'],
  'drill.nothing-left': ['activity'],
  // What is in doubt.
  'drill.copy-not-locked': ['asset', 'store'],
  'drill.key-without-holder': ['asset'],
  'drill.no-time-known': ['item'],
  'drill.order-contradicts': ['before', 'after'],
} as const satisfies Record<string, readonly string[]>;

export type DrillReasonKey = keyof typeof DRILL_REASONS;

/** A reason with exactly the params its key asks for. */
export const because = <Key extends DrillReasonKey>(
  key: Key,
  params: Record<(typeof DRILL_REASONS)[Key][number], string | number>,
): Reason => ({ key, params });
