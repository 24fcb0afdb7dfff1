/** What could be done first, and what it would bring. Ranges of hours and a cost somebody gave; never a score. */
import type { Reason } from '../facts.ts';

export const FIX_KINDS = [
  'deadlock',
  'technician',
  'link',
  'faster-restore',
  'strategy',
  'restore-test',
  'deputy',
] as const;

/** A priority activity that is over its RTO, or never comes back, and would do better. */
export interface Gain {
  activity: string;
  name: string;
  /** Null: it never comes back as things are. */
  beforeSeconds: number | null;
  /** From what is sure to what is hoped for. Null: it comes back at all. */
  gainedSeconds: { least: number; most: number } | null;
  /** Within its RTO with all that is hoped for. */
  isInTimeThen: boolean;
}

export interface Fix {
  kind: (typeof FIX_KINDS)[number];
  /** What it changes, by name. */
  name: string;
  /** The same by id; null where it is the client itself. */
  of: { kind: 'asset' | 'strategy' | 'role'; id: string } | null;
  /** What to do, in words. */
  change: Reason;
  /** The largest first. */
  gains: Gain[];
  /** What is found now and would be found no more. */
  closes: Reason[];
  /** In the client's currency, as somebody said; null where nobody did. */
  cost: { once: number | null; yearly: number | null } | null;
}

/** What has most to bring comes first: coming back at all, then hours; then what costs less; then by name. */
export function byWorth(left: Fix, right: Fix): number {
  const [one, other] = [worthOf(left), worthOf(right)];
  for (const [index, value] of one.entries())
    if (value !== other[index]) return other[index]! > value ? 1 : -1;
  const [cheap, dear] = [firstYearOf(left), firstYearOf(right)];
  if (cheap !== dear) return cheap < dear ? -1 : 1;
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return FIX_KINDS.indexOf(left.kind) - FIX_KINDS.indexOf(right.kind);
}

function worthOf({ gains }: Fix): number[] {
  const hours = gains.flatMap(({ gainedSeconds }) => gainedSeconds ?? []);
  return [
    gains.filter(({ gainedSeconds }) => gainedSeconds === null).length,
    Math.max(0, ...hours.map(({ most }) => most)),
    Math.max(0, ...hours.map(({ least }) => least)),
  ];
}

/** What nobody gave a price for comes after all that has one. */
const firstYearOf = ({ cost }: Fix): number =>
  cost === null || (cost.once === null && cost.yearly === null)
    ? Number.POSITIVE_INFINITY
    : (cost.once ?? 0) + (cost.yearly ?? 0);
