/**
 * Impact over time, one band for each category: a step for each level, from the moment it is reached until the next, and
 * lines where the standstill can no longer be borne. Moments stand at equal distances, so that an hour is seen beside a
 * month. `templates/partials/impact-curve.hbs` draws it, with a table that says the same.
 */

const LABELS = 184;
const LEFT = 192;
const STEP = 64;
const BAND = 28;
/** Above a band, for the number of its highest level. */
const HEADROOM = 16;
const FOOT = 38;

export interface Curve {
  category: string;
  /** The highest level of its scale. */
  top: number;
  points: { afterSeconds: number; level: number; isTolerable: boolean }[];
}

interface Step {
  x: number;
  y: number;
  width: number;
  height: number;
  level: number;
  numberX: number;
  numberY: number;
  isTolerable: boolean;
}

export interface ImpactPicture {
  width: number;
  height: number;
  labelWidth: number;
  left: number;
  right: number;
  /** Foot of the last band, and where moments and limits are told below it. */
  bottom: number;
  momentY: number;
  limitY: number;
  bands: { category: string; labelY: number; y: number; steps: Step[] }[];
  ticks: { x: number; seconds: number }[];
  /** Null where there is none. */
  mtpdX: number | null;
  derivedX: number | null;
}

export function impactPicture(
  curves: Curve[],
  { mtpdSeconds, derivedMtpdSeconds }: { mtpdSeconds: number | null; derivedMtpdSeconds: number | null },
): ImpactPicture {
  const moments = momentsOf(curves, [mtpdSeconds, derivedMtpdSeconds]);
  const xOf = (seconds: number) => LEFT + moments.indexOf(seconds) * STEP;
  const right = LEFT + moments.length * STEP;
  const bottom = curves.length * (BAND + HEADROOM);
  return {
    width: right + 8,
    height: bottom + FOOT,
    labelWidth: LABELS,
    left: LEFT,
    right,
    bottom,
    momentY: bottom + 16,
    limitY: bottom + 32,
    bands: curves.map((curve, index) => {
      const y = (index + 1) * (BAND + HEADROOM);
      return { category: curve.category, labelY: y - 18, y, steps: stepsOf(curve, { y, right, xOf }) };
    }),
    ticks: moments.map((seconds) => ({ x: xOf(seconds), seconds })),
    mtpdX: mtpdSeconds === null ? null : xOf(mtpdSeconds),
    derivedX: derivedMtpdSeconds === null ? null : xOf(derivedMtpdSeconds),
  };
}

/** Every moment at which something is drawn, from the start of the standstill on. */
function momentsOf(curves: Curve[], limits: (number | null)[]): number[] {
  const all = [
    0,
    ...curves.flatMap(({ points }) => points.map(({ afterSeconds }) => afterSeconds)),
    ...limits.filter((limit) => limit !== null),
  ];
  return [...new Set(all)].sort((left, right) => left - right);
}

function stepsOf(
  { points, top }: Curve,
  { y, right, xOf }: { y: number; right: number; xOf: (seconds: number) => number },
): Step[] {
  const inTime = points.toSorted((one, other) => one.afterSeconds - other.afterSeconds);
  return inTime.map(({ afterSeconds, level, isTolerable }, place) => {
    const x = xOf(afterSeconds);
    const next = inTime[place + 1];
    const height = top === 0 ? 0 : (level / top) * BAND;
    return {
      x,
      y: y - height,
      width: (next ? xOf(next.afterSeconds) : right) - x,
      height,
      level,
      numberX: x + 4,
      numberY: y - height - 4,
      isTolerable,
    };
  });
}
