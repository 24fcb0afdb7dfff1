/** The sheets of a workbook of a client, and what stands in their columns. The words of them are in `words/`. */
import { ACTIVITY_CALENDARS } from '../activity-analysis.ts';
import { ASSET_STATES, RECOVERY_RESOURCES } from '../assets.ts';
import { CONFIDENCES, SITE_KINDS } from '../continuity-facts.ts';
import { ASSET_KINDS, DEPENDENCY_KINDS } from '../facts.ts';

export const SHEETS = ['sites', 'assets', 'activities', 'impacts', 'dependencies'] as const;
export type SheetName = (typeof SHEETS)[number];

/** What a reference may lead to: rows of a sheet, or what a workbook only names. */
export type ReferenceTo = 'sites' | 'assets' | 'activities' | 'contacts' | 'categories' | 'needing';

interface Named {
  name: string;
  /** A row without it says nothing. */
  isNeeded?: true;
}

export type Column = Named &
  (
    | { kind: 'id' | 'line' | 'text' | 'number' | 'duration' | 'bytes' | 'day' | 'yes' | 'peaks' | 'remove' }
    /** `words` is the group of words that says each value. */
    | { kind: 'choice'; values: readonly string[]; words: string }
    | { kind: 'reference'; to: ReferenceTo }
  );

const ID = { name: 'id', kind: 'id' } as const;
const REMOVE = { name: 'remove', kind: 'remove' } as const;
/** An activity or an asset. */
export const NEEDING = ['activity', 'asset'] as const;

export const COLUMNS: Record<SheetName, readonly Column[]> = {
  sites: [
    ID,
    { name: 'name', kind: 'line', isNeeded: true },
    { name: 'kind', kind: 'choice', values: SITE_KINDS, words: 'site-kind', isNeeded: true },
    { name: 'address', kind: 'text' },
    { name: 'latitude', kind: 'number' },
    { name: 'longitude', kind: 'number' },
    { name: 'power', kind: 'text' },
    { name: 'telecom', kind: 'text' },
    REMOVE,
  ],
  assets: [
    ID,
    { name: 'name', kind: 'line', isNeeded: true },
    { name: 'kind', kind: 'choice', values: ASSET_KINDS, words: 'asset-kind', isNeeded: true },
    { name: 'label', kind: 'line' },
    { name: 'owner', kind: 'line' },
    { name: 'site', kind: 'reference', to: 'sites' },
    { name: 'location', kind: 'line' },
    { name: 'supplier', kind: 'reference', to: 'assets' },
    { name: 'holder', kind: 'reference', to: 'contacts' },
    { name: 'deputy', kind: 'reference', to: 'contacts' },
    { name: 'state', kind: 'choice', values: ASSET_STATES, words: 'asset-state' },
    { name: 'volumeBytes', kind: 'bytes' },
    { name: 'changeBytesPerDay', kind: 'bytes' },
    { name: 'endOfSupportOn', kind: 'day' },
    { name: 'declaredRecoverySeconds', kind: 'duration' },
    { name: 'recoveryResource', kind: 'choice', values: RECOVERY_RESOURCES, words: 'recovery-resource' },
    { name: 'isRemoteWorkPossible', kind: 'yes' },
    { name: 'externalSource', kind: 'line' },
    { name: 'externalId', kind: 'line' },
    { name: 'description', kind: 'text' },
    REMOVE,
  ],
  activities: [
    ID,
    { name: 'name', kind: 'line', isNeeded: true },
    { name: 'isPriority', kind: 'yes' },
    { name: 'owner', kind: 'line' },
    { name: 'parent', kind: 'reference', to: 'activities' },
    { name: 'calendar', kind: 'choice', values: ACTIVITY_CALENDARS, words: 'activity-calendar' },
    { name: 'mtpdSeconds', kind: 'duration' },
    { name: 'mtpdReason', kind: 'text' },
    { name: 'rtoSeconds', kind: 'duration' },
    { name: 'wrtSeconds', kind: 'duration' },
    { name: 'rpoSeconds', kind: 'duration' },
    { name: 'rpoTargetSeconds', kind: 'duration' },
    { name: 'mbco', kind: 'line' },
    { name: 'mbcoPercent', kind: 'number' },
    { name: 'peakPeriods', kind: 'peaks' },
    { name: 'description', kind: 'text' },
    REMOVE,
  ],
  impacts: [
    { name: 'activity', kind: 'reference', to: 'activities', isNeeded: true },
    { name: 'category', kind: 'reference', to: 'categories', isNeeded: true },
    { name: 'afterSeconds', kind: 'duration', isNeeded: true },
    { name: 'level', kind: 'number', isNeeded: true },
    { name: 'amount', kind: 'number' },
    { name: 'justification', kind: 'text' },
    REMOVE,
  ],
  dependencies: [
    ID,
    { name: 'fromKind', kind: 'choice', values: NEEDING, words: 'needing' },
    { name: 'from', kind: 'reference', to: 'needing', isNeeded: true },
    { name: 'to', kind: 'reference', to: 'assets', isNeeded: true },
    { name: 'kind', kind: 'choice', values: DEPENDENCY_KINDS, words: 'dependency-kind', isNeeded: true },
    { name: 'group', kind: 'line' },
    { name: 'requiredK', kind: 'number' },
    { name: 'degradationPercent', kind: 'number' },
    { name: 'confidence', kind: 'choice', values: CONFIDENCES, words: 'confidence' },
    { name: 'note', kind: 'line' },
    REMOVE,
  ],
};

/** The most rows of a sheet: what lists of the service hold. */
export const MOST_ROWS: Record<SheetName, number> = {
  sites: 5000,
  assets: 5000,
  activities: 5000,
  impacts: 20_000,
  dependencies: 20_000,
};
