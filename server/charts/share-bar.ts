/** One share, in the colour of what it counts. Proven and declared are two pictures, so that nobody adds them up. */
import { COLOUR, picture, shape } from './svg.ts';

const WIDTH = 300;

export interface ShareBar {
  share: number;
  of: 'proven' | 'declared';
  title: string;
  desc: string;
}

/** Proven is solid, declared is only an outline with hatching. */
export function shareBar({ share, of, title, desc }: ShareBar): string {
  const length = Math.max(0, Math.min(1, share)) * WIDTH;
  const ground = shape('rect', { x: 0, y: 0, width: WIDTH, height: 10, fill: COLOUR.wash });
  const bar =
    of === 'proven'
      ? shape('rect', { x: 0, y: 0, width: length, height: 10, fill: COLOUR.proven })
      : hatched(length);
  return picture({ width: WIDTH, height: 10, title, desc, body: length === 0 ? ground : ground + bar });
}

function hatched(length: number): string {
  const strokes = Array.from(
    { length: Math.floor(length / 5) },
    (_, index) => `M${index * 5} 10 ${index * 5 + 5} 0`,
  );
  const frame = {
    x: 0.5,
    y: 0.5,
    width: Math.max(0, length - 1),
    height: 9,
    fill: 'none',
    stroke: COLOUR.declared,
  };
  return (
    shape('rect', frame) +
    shape('path', { d: strokes.join('') || 'M0 10 1 0', stroke: COLOUR.declared, 'stroke-width': 1 })
  );
}
