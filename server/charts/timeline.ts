/** Moments on one line, drawn to scale: what lay between them is seen before it is read. */
import { COLOUR, label, picture, shape } from './svg.ts';

const WIDTH = 640;
const SIDE = 14;
const LINE_AT = 34;
const ROWS = [62, 80, 98];

export interface TimelineMoment {
  at: string;
  name: string;
  /** What it means for whoever waits: harm goes on, or it is over. */
  tone: 'harm' | 'step' | 'over';
}

export interface Timeline {
  /** In order of time. */
  moments: TimelineMoment[];
  title: string;
  desc: string;
}

const TONES = { harm: COLOUR.contradicted, step: COLOUR.ink, over: COLOUR.proven } as const;

/** Names stand on three rows in turn, so that moments close to each other stay legible. */
export function timeline({ moments, title, desc }: Timeline): string {
  const times = moments.map(({ at }) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const span = Math.max(1, last - first);
  const x = (at: string) => SIDE + ((Date.parse(at) - first) / span) * (WIDTH - 2 * SIDE);
  const body = [
    shape('path', { d: `M${SIDE} ${LINE_AT}H${WIDTH - SIDE}`, stroke: COLOUR.line, 'stroke-width': 6 }),
    ...moments.flatMap(({ at, name, tone }, index) => {
      const row = ROWS[index % ROWS.length]!;
      const isRight = x(at) > WIDTH * 0.66;
      return [
        shape('path', {
          d: `M${x(at).toFixed(2)} ${LINE_AT}V${row - 11}`,
          stroke: COLOUR.unknown,
          'stroke-width': 0.8,
        }),
        shape('circle', { cx: x(at), cy: LINE_AT, r: 5.5, fill: TONES[tone] }),
        label(name, {
          x: x(at),
          y: row,
          'font-size': 10,
          fill: COLOUR.ink,
          'text-anchor': isRight ? 'end' : 'start',
        }),
      ];
    }),
  ];
  return picture({ width: WIDTH, height: ROWS.at(-1)! + 8, title, desc, body: body.join('') });
}
