/** What changed since the last report over all clients was issued. */
import type { Work } from '../../work.ts';
import {
  type LevelChange,
  type PortfolioLine,
  type PortfolioSnapshot,
  type PortfolioTrend,
  TREND_KEYS,
} from './snapshot.ts';

/** Null while there is no earlier one. */
export async function trendSince(work: Work, lines: PortfolioLine[]): Promise<PortfolioTrend | null> {
  const last = await work.db
    .selectFrom('reports')
    .select('snapshot')
    .where('kind', '=', 'portfolio')
    .where('state', '=', 'done')
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ? trendOf(JSON.parse(last.snapshot) as PortfolioSnapshot, lines) : null;
}

/** Clients are the same by their id, whatever they are called now. */
export function trendOf(
  last: Pick<PortfolioSnapshot, 'reference' | 'madeAt' | 'lines'>,
  lines: PortfolioLine[],
): PortfolioTrend {
  const before = new Map(last.lines.map((line) => [line.id, line]));
  const now = new Set(lines.map(({ id }) => id));
  const moved = lines.flatMap(({ id, name, level }): LevelChange[] => {
    const from = before.get(id)?.level ?? level;
    return from === level ? [] : [{ name, from, to: level }];
  });
  const total = (of: PortfolioLine[], key: (typeof TREND_KEYS)[number]) =>
    of.reduce((sum, line) => sum + line[key], 0);
  return {
    reference: last.reference,
    madeAt: last.madeAt,
    up: moved.filter(({ from, to }) => to > from),
    down: moved.filter(({ from, to }) => to < from),
    joined: lines.filter(({ id }) => !before.has(id)).map(({ name }) => name),
    left: last.lines.filter(({ id }) => !now.has(id)).map(({ name }) => name),
    totals: TREND_KEYS.map((key) => ({ key, before: total(last.lines, key), now: total(lines, key) })),
  };
}
