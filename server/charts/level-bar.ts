/** How many of all clients stand at a level, as a bar. It is neither good nor bad, so it wears no colour of meaning. */
import { COLOUR, picture, shape } from './svg.ts';

const WIDTH = 260;

export function levelBar({ share, title, desc }: { share: number; title: string; desc: string }): string {
  const track = shape('rect', { x: 0, y: 0, width: WIDTH, height: 8, fill: COLOUR.wash });
  const bar =
    share > 0
      ? shape('rect', { x: 0, y: 0, width: Math.max(2, WIDTH * share), height: 8, fill: COLOUR.ink })
      : '';
  return picture({ width: WIDTH, height: 8, title, desc, body: track + bar });
}
