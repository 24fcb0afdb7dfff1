/** What a probe finds out about a store: by doing it, on throw-away objects that are removed again. */
import type { Checksums, StoreFault } from './store.ts';

/** Everything that is tried, in the order in which it is told. */
export const ABILITIES = [
  'write-and-read',
  'conditional-create',
  'conditional-create-of-parts',
  'ranged-get',
  'list-after-put',
  'refuses-altered-bytes',
  'checks-checksums',
  'versions',
  'delete-markers',
  'locks',
  'locks-hold',
  'governance-holds',
  'clock',
] as const;
export type Ability = (typeof ABILITIES)[number];

/** What was tried and what came back. `unknown`: it could not be tried, which is not a yes. */
export interface Line {
  ability: Ability;
  found: 'yes' | 'no' | 'unknown';
  tried: string;
  answered: string;
}

/** An object that the store does not let go yet, as it should. */
export interface LeftBehind {
  key: string;
  version: string;
  until: string;
}

export interface Probe {
  address: string;
  kind: 'folder' | 's3';
  probedAt: string;
  lines: Line[];
  /** How this store is to be talked to from now on. */
  checksums: Checksums;
  leftBehind: LeftBehind[];
  /** Why it broke off, where it did. */
  brokeOff: { fault: StoreFault; message: string } | null;
}

/** Where the throw-away objects lie. */
export const PROBE_FOLDER = '.reprise-probe';

/** The largest difference between two clocks that nobody need care about. S3 refuses requests at 15 minutes. */
export const CLOCK_TOLERANCE_MS = 60_000;

type Answer = Pick<Line, 'found' | 'answered'>;

/** Takes down what was tried. What never came to its turn is told as unknown. */
export class Trials {
  readonly #lines = new Map<Ability, Line>();

  /** Tries something; an error of the store ends the probe and is thrown on, with the line already there. */
  async try(ability: Ability, tried: string, work: () => Promise<Answer>): Promise<boolean> {
    this.#lines.set(ability, { ability, found: 'unknown', tried, answered: 'nothing: the probe broke off' });
    const answer = await work();
    this.#lines.set(ability, { ability, tried, ...answer });
    return answer.found === 'yes';
  }

  /** Says why something cannot be tried, or need not be. */
  tell(ability: Ability, found: Line['found'], answered: string): void {
    this.#lines.set(ability, { ability, found, tried: 'nothing', answered });
  }

  get lines(): Line[] {
    return ABILITIES.map(
      (ability) =>
        this.#lines.get(ability) ?? { ability, found: 'unknown', tried: 'nothing', answered: 'nothing' },
    );
  }
}

/** A yes when it is one, and the same words for what came back. */
export const answer = (isSo: boolean, answered: string): Answer => ({ found: isSo ? 'yes' : 'no', answered });

/** How far a clock is from ours, in words. */
export function compareClocks(theirs: Date | null): Answer {
  if (!theirs) return { found: 'unknown', answered: 'no time' };
  const skewMs = theirs.getTime() - Date.now();
  return answer(Math.abs(skewMs) < CLOCK_TOLERANCE_MS, `${Math.round(skewMs / 1000)} s from ours`);
}
