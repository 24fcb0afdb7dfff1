/** One cell for each clause, in the order of the framework, with the sign of its state. */
import { type SignName, signOf } from './signs.ts';
import { picture, shape } from './svg.ts';

const ACROSS = 20;
const CELL = 32;

export interface StateStrip {
  states: SignName[];
  title: string;
  desc: string;
}

export function stateStrip({ states, title, desc }: StateStrip): string {
  const rows = Math.max(1, Math.ceil(states.length / ACROSS));
  const body = states.map((state, index) => {
    const x = (index % ACROSS) * CELL;
    const y = Math.floor(index / ACROSS) * 25;
    const ground = shape('rect', { x: x + 1, y: y + 1, width: CELL - 2, height: 23, fill: '#F4F6F8' });
    return `${ground}<g transform="translate(${x + 9} ${y + 5.5})">${signOf(state, 14)}</g>`;
  });
  return picture({ width: ACROSS * CELL, height: rows * 25, title, desc, body: body.join('') });
}
