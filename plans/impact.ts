/** Impact over time, and the time that follows from it. */

/** How bad it is, and whether that can still be borne. */
export interface ImpactLevel {
  level: number;
  isTolerable: boolean;
}

/** From so many seconds of standstill on, the impact in one category. */
export interface ImpactPoint {
  category: string;
  afterSeconds: number;
  level: number;
}

/** The same, weighed by the client's scale. */
export interface RatedPoint {
  afterSeconds: number;
  isTolerable: boolean;
}

/**
 * The maximum tolerable period of disruption (MTPD, DMIA) that a curve says: the first moment at which any category
 * reaches a level that cannot be borne. Null when none does: the curve then says nothing of a limit.
 */
export function derivedMtpd(points: RatedPoint[]): number | null {
  const beyond = points.filter(({ isTolerable }) => !isTolerable).map(({ afterSeconds }) => afterSeconds);
  return beyond.length === 0 ? null : Math.min(...beyond);
}

/** A level that the scale does not know is none that anybody said could be borne. */
export const rated = <Point extends ImpactPoint>(
  points: Point[],
  scales: ReadonlyMap<string, ImpactLevel[]>,
): (Point & RatedPoint)[] =>
  points.map((point) => ({
    ...point,
    isTolerable: scales.get(point.category)?.find(({ level }) => level === point.level)?.isTolerable ?? false,
  }));

/** The first point that lies below an earlier one of its category: no impact heals by itself. */
export function findHealing<Point extends ImpactPoint>(
  points: Point[],
): { earlier: Point; later: Point } | null {
  const inTime = points.toSorted((left, right) => left.afterSeconds - right.afterSeconds);
  for (const [place, later] of inTime.entries()) {
    const earlier = inTime
      .slice(0, place)
      .find(({ category, level }) => category === later.category && level > later.level);
    if (earlier) return { earlier, later };
  }
  return null;
}

/** The MTPD is not what the curve says, and nobody said why. */
export const isUnlikeCurve = ({
  mtpdSeconds,
  derivedMtpdSeconds,
  mtpdReason,
}: {
  mtpdSeconds: number | null;
  derivedMtpdSeconds: number | null;
  mtpdReason: string | null;
}): boolean =>
  mtpdSeconds !== null &&
  derivedMtpdSeconds !== null &&
  mtpdSeconds !== derivedMtpdSeconds &&
  !mtpdReason?.trim();
