/** What a verification found, level by level, and the verdict that follows. */
import {
  type Check,
  LEVELS,
  type Level,
  type LevelResult,
  type PlantedFault,
  type Verdict,
} from '../contract.ts';
import type { Because } from '../finding-codes.ts';

/** Something that is not as it should be, or that this user may not look at: then nothing is said of the data. */
export type Finding = Pick<Check, 'name' | 'expected' | 'observed' | 'where'> & {
  because: Because;
  isUnsure?: boolean;
};

/** Collects checks and planted faults. A level's verdict is the worst of its checks. */
export class Ledger {
  readonly checks: Check[] = [];
  readonly planted: PlantedFault[] = [];
  readonly levels: LevelResult[] = [];
  readonly #isSample: boolean;

  /** With `isSample` only some packs are read: no level that reads packs is reached. */
  constructor({ isSample = false } = {}) {
    this.#isSample = isSample;
  }

  fail(level: Level, findings: Finding[]): void {
    for (const { isUnsure = false, ...finding } of findings)
      this.checks.push({ ...finding, level, verdict: isUnsure ? 'inconclusive' : 'failed' });
  }

  unsure(level: Level, name: string, expected: string, observed: string, because: Because): void {
    this.checks.push({ name, level, verdict: 'inconclusive', expected, observed, where: null, because });
  }

  pass(level: Level, name: string, expected: string, observed: string): void {
    this.checks.push({ name, level, verdict: 'passed', expected, observed, where: null, because: null });
  }

  /** Ends a level: its verdict from its checks, and a summary when all was well. */
  close(level: Level, began: number, bytes: number, summary: { expected: string; observed: string }): void {
    const verdict = this.verdictOf(level);
    if (verdict === 'passed') this.pass(level, `${level}-summary`, summary.expected, summary.observed);
    this.note(level, began, bytes);
  }

  /** Writes a level down as its checks left it. */
  note(level: Level, began: number, bytes: number): void {
    const isSample = this.#isSample && level !== 'L0';
    const seconds = (performance.now() - began) / 1000;
    this.levels.push({ level, verdict: this.verdictOf(level), isSample, seconds, bytes });
  }

  verdictOf(level: Level): Verdict {
    return worst(this.checks.filter((check) => check.level === level).map(({ verdict }) => verdict));
  }

  /** Worst over all; a planted fault that was not noticed makes every green word worthless. */
  get verdict(): Verdict {
    if (this.planted.some(({ caught }) => !caught)) return 'failed';
    return worst(this.levels.map(({ verdict }) => verdict));
  }

  /** Highest level that passed with all below it. */
  get reached(): Level | null {
    let reached: Level | null = null;
    for (const level of LEVELS) {
      const result = this.levels.find((one) => one.level === level);
      if (result?.verdict !== 'passed' || result.isSample) return reached;
      reached = level;
    }
    return reached;
  }
}

function worst(verdicts: Verdict[]): Verdict {
  if (verdicts.includes('failed')) return 'failed';
  return verdicts.includes('inconclusive') ? 'inconclusive' : 'passed';
}
