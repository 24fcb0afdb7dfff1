/** Recovery points of one asset over a period, one stroke each; those that a passed test stands behind carry a disc. */
import { COLOUR, picture, shape } from './svg.ts';

const WIDTH = 380;
const HEIGHT = 18;

export interface PointsTimeline {
  from: string;
  to: string;
  points: { at: string; outcome: 'passed' | 'failed' | 'untested' }[];
  title: string;
  desc: string;
}

export function pointsTimeline({ from, to, points, title, desc }: PointsTimeline): string {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const place = (at: string) => 5 + ((Date.parse(at) - start) / (end - start)) * (WIDTH - 10);
  const inPeriod = points.filter(({ at }) => Date.parse(at) >= start && Date.parse(at) <= end);
  const ground = shape('rect', { x: 0, y: 8.5, width: WIDTH, height: 1, fill: COLOUR.line });
  const strokes = inPeriod.map(({ at }) =>
    shape('rect', { x: place(at) - 0.6, y: 4, width: 1.2, height: 10, fill: COLOUR.unknown }),
  );
  const tested = inPeriod.flatMap(({ at, outcome }) => {
    if (outcome === 'untested') return [];
    const x = place(at);
    if (outcome === 'passed') return [shape('circle', { cx: x, cy: 9, r: 4.6, fill: COLOUR.proven })];
    return [
      shape('path', { d: `M${Math.round(x)} 3.4l5.6 5.6-5.6 5.6-5.6-5.6Z`, fill: COLOUR.contradicted }),
    ];
  });
  return picture({
    width: WIDTH,
    height: HEIGHT,
    title,
    desc,
    body: ground + strokes.join('') + tested.join(''),
  });
}
