/** Impact over time, and the time that follows from it. */

/** From so many seconds of standstill on, the impact in one category, and whether it can still be borne. */
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
