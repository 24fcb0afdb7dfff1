/** The readiness ladder as a row of steps: those reached are full, the next one is ringed, the rest are empty. */
import { COLOUR, label, picture, shape } from './svg.ts';

const STEPS = [1, 2, 3, 4, 5, 6, 7];

export interface Ladder {
  level: number;
  title: string;
  desc: string;
}

/** Dots only, for a row of a table. */
export function ladderDots({ level, title, desc }: Ladder): string {
  const body = STEPS.map((step) => dot(step, level)).join('');
  return picture({ width: 84, height: 12, title, desc, body });
}

function dot(step: number, level: number): string {
  const place = { cx: 6 + (step - 1) * 12, cy: 6 };
  if (step <= level) return shape('circle', { ...place, r: 4.4, fill: COLOUR.ink });
  const isNext = step === level + 1;
  const stroke = isNext ? COLOUR.gold : COLOUR.line;
  return shape('circle', {
    ...place,
    r: 3.8,
    fill: COLOUR.paper,
    stroke,
    'stroke-width': isNext ? 1.8 : 1.2,
  });
}

const WIDTH = 642;
const GAP = 6;

/** Steps that rise, each with its name, R0 included; `night` is for a dark ground. */
export function ladderSteps(
  { level, title, desc }: Ladder,
  { names, isNight = false }: { names: string[]; isNight?: boolean },
): string {
  const colours = isNight
    ? { full: 'var(--gold)', text: '#FFFFFF', soft: 'var(--cover-faint)', empty: 'var(--cover-line)' }
    : { full: COLOUR.ink, text: COLOUR.ink, soft: COLOUR.soft, empty: COLOUR.line };
  const width = (WIDTH - GAP * (names.length - 1)) / names.length;
  const body = names.map((name, step) => {
    const x = step * (width + GAP);
    const height = 8 + step * 5;
    const isReached = step <= level;
    const bar = { x, y: 52 - height, width, height };
    const block = isReached
      ? shape('rect', {
          ...bar,
          fill: step === level ? colours.full : isNight ? 'var(--cover-past)' : '#5A6B7E',
        })
      : shape('rect', {
          ...bar,
          x: x + 0.6,
          width: width - 1.2,
          fill: 'none',
          stroke: colours.empty,
          'stroke-width': 1.2,
        });
    const isHere = step === level;
    const colour = isHere ? colours.text : colours.soft;
    const lines = wrapped(name).map((line, index) =>
      label(line, {
        x,
        y: 78 + index * 10,
        fill: colour,
        'font-size': 8.4,
        'font-weight': isHere ? 600 : 400,
      }),
    );
    return (
      block +
      label(`R${step}`, { x, y: 66, fill: colour, 'font-size': 9.5, 'font-weight': 600 }) +
      lines.join('')
    );
  });
  return picture({ width: WIDTH, height: 102, title, desc, body: body.join('') });
}

/** Lines of about sixteen letters, broken at spaces. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 16) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
