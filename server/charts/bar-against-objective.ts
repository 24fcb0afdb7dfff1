/** A measured time against its objective, drawn to the scale of the objective: the line always stands at the same place. */
import { COLOUR, picture, shape } from './svg.ts';

const WIDTH = 190;
const HEIGHT = 20;
const LINE_AT = 110;

export interface BarAgainstObjective {
  verdict: 'within' | 'late' | 'declared' | 'declared-late' | 'unmeasured' | 'no-objective';
  /** What was measured; with `unmeasured` a lower bound, or null. */
  seconds: number | null;
  objectiveSeconds: number | null;
  /** What is only claimed, drawn apart in its own colour. */
  claimedSeconds?: number | null;
  title: string;
  desc: string;
}

const FILL = { within: COLOUR.proven, late: COLOUR.contradicted, 'no-objective': COLOUR.unknown } as const;

/** Bars longer than the picture end in a notch. */
export function barAgainstObjective(bar: BarAgainstObjective): string {
  const { verdict, seconds, objectiveSeconds, claimedSeconds = null, title, desc } = bar;
  const width = (value: number) => widthOf(value, objectiveSeconds);
  const track = shape('rect', { x: 0, y: 4, width: WIDTH, height: 9, fill: COLOUR.wash });
  const measured = drawn(verdict, seconds, width);
  const claimed =
    claimedSeconds === null || objectiveSeconds === null
      ? ''
      : shape('rect', { x: 0, y: 15, width: width(claimedSeconds), height: 2.6, fill: COLOUR.declared });
  const limit = objectiveSeconds === null ? '' : limitLine();
  return picture({ width: WIDTH, height: HEIGHT, title, desc, body: track + measured + claimed + limit });
}

function drawn(
  verdict: BarAgainstObjective['verdict'],
  seconds: number | null,
  width: (value: number) => number,
): string {
  if (verdict === 'unmeasured') return unmeasured(seconds, width);
  if (verdict === 'declared' || verdict === 'declared-late') return hollow(seconds, width);
  return solid(seconds, width, FILL[verdict]);
}

function widthOf(value: number, objective: number | null): number {
  if (objective === null || objective <= 0) return value > 0 ? WIDTH : 0;
  return Math.min(WIDTH, Math.max(1.5, (value / objective) * LINE_AT));
}

function solid(seconds: number | null, width: (value: number) => number, fill: string): string {
  if (seconds === null) return '';
  const length = width(seconds);
  const notch =
    length < WIDTH
      ? ''
      : shape('path', { d: 'M178 2 182 15M183 2 187 15', stroke: COLOUR.paper, 'stroke-width': 2 });
  return shape('rect', { x: 0, y: 4, width: length, height: 9, fill }) + notch;
}

/** What somebody says is an outline: nothing measured fills it. */
const hollow = (seconds: number | null, width: (value: number) => number): string =>
  seconds === null
    ? ''
    : shape('rect', {
        x: 0.5,
        y: 4.5,
        width: Math.max(1, width(seconds) - 1),
        height: 8,
        fill: COLOUR.paper,
        stroke: COLOUR.declared,
        'stroke-width': 1,
      });

/** Nothing is filled: a dashed frame, and the known part as hatching. */
function unmeasured(seconds: number | null, width: (value: number) => number): string {
  const frame = shape('rect', {
    x: 0.5,
    y: 4.5,
    width: WIDTH - 1,
    height: 8,
    fill: COLOUR.paper,
    stroke: COLOUR.unknown,
    'stroke-width': 0.8,
    'stroke-dasharray': '3 2.4',
  });
  if (!seconds) return frame;
  const length = width(seconds);
  const strokes = Array.from(
    { length: Math.floor(length / 4) },
    (_, index) => `M${index * 4} 13 ${index * 4 + 4} 4`,
  );
  return (
    frame + shape('path', { d: strokes.join('') || 'M0 13 2 4', stroke: COLOUR.unknown, 'stroke-width': 0.9 })
  );
}

const limitLine = () =>
  shape('rect', { x: LINE_AT - 0.7, y: 0, width: 1.4, height: HEIGHT, fill: COLOUR.ink });
