/** One sign for each state: its own shape as well as its own colour, so that it is told apart in grey too. */
import { COLOUR, shape, sign } from './svg.ts';

const disc = (fill: string) => shape('circle', { cx: 7, cy: 7, r: 6.2, fill });
const ring = (stroke: string, dash = 'none') =>
  shape('circle', {
    cx: 7,
    cy: 7,
    r: 5.6,
    fill: COLOUR.paper,
    stroke,
    'stroke-width': 1.3,
    'stroke-dasharray': dash,
  });
const stroke = (d: string, colour: string) =>
  shape('path', { d, fill: 'none', stroke: colour, 'stroke-width': 1.5, 'stroke-linecap': 'round' });
const fill = (d: string, colour: string) => shape('path', { d, fill: colour });

const TICK = 'M4 7.3 6.2 9.4 10.2 4.9';
const CROSS = 'M4.9 4.9 9.1 9.1M9.1 4.9 4.9 9.1';

const BODIES = {
  proven: disc(COLOUR.proven) + stroke(TICK, COLOUR.paper),
  'proven-late': ring(COLOUR.late) + stroke('M7 4V7.2L9.2 8.6', COLOUR.late),
  partial: ring(COLOUR.late) + fill('M7 1.4A5.6 5.6 0 0 1 7 12.6Z', COLOUR.late),
  declared:
    shape('path', {
      d: 'M1.5 2H12.5V9.5H7L4 12.5V9.5H1.5Z',
      fill: COLOUR.paper,
      stroke: COLOUR.declared,
      'stroke-width': 1.3,
    }) + stroke('M4 4.8H10M4 7H8', COLOUR.declared),
  'declared-late':
    shape('path', {
      d: 'M1.5 2H12.5V9.5H7L4 12.5V9.5H1.5Z',
      fill: COLOUR.paper,
      stroke: COLOUR.declared,
      'stroke-width': 1.3,
    }) + stroke('M5 3.8 9 7.6M9 3.8 5 7.6', COLOUR.declared),
  missing: ring(COLOUR.unknown, '2 1.6'),
  contradicted: fill('M7 .4 13.6 7 7 13.6 .4 7Z', COLOUR.contradicted) + stroke(CROSS, COLOUR.paper),
  waived: ring(COLOUR.unknown) + stroke('M4 10 10 4', COLOUR.unknown),
  'not-applicable': stroke('M3 7H11', COLOUR.unknown),
  within: disc(COLOUR.proven) + stroke(TICK, COLOUR.paper),
  late: fill('M7 .8 13.6 13H.4Z', COLOUR.contradicted) + stroke('M7 5.4V8.6M7 10.9V11', COLOUR.paper),
  unmeasured: ring(COLOUR.unknown, '2 1.6'),
  'no-objective': stroke('M3 7H11', COLOUR.unknown),
  passed: disc(COLOUR.proven) + stroke(TICK, COLOUR.paper),
  failed: fill('M7 .4 13.6 7 7 13.6 .4 7Z', COLOUR.contradicted) + stroke(CROSS, COLOUR.paper),
  inconclusive: ring(COLOUR.late) + stroke('M4.4 7H9.6', COLOUR.late),
  'without-value': ring(COLOUR.contradicted) + stroke('M4 10 10 4', COLOUR.contradicted),
  'not-run': ring(COLOUR.unknown, '2 1.6'),
  system:
    shape('rect', { x: 1, y: 1, width: 12, height: 12, fill: COLOUR.proven }) + stroke(TICK, COLOUR.paper),
  person:
    shape('circle', { cx: 7, cy: 4, r: 2.9, fill: COLOUR.declared }) +
    fill('M1.2 13.2C1.2 9.4 3.6 8 7 8S12.8 9.4 12.8 13.2Z', COLOUR.declared),
  vendor:
    shape('path', {
      d: 'M2 13V5L7 1.4 12 5V13Z',
      fill: COLOUR.paper,
      stroke: COLOUR.declared,
      'stroke-width': 1.3,
    }) + stroke('M7 13V8.5', COLOUR.declared),
  chevron: stroke('M5 3.5 8.6 7 5 10.5', COLOUR.soft),
} as const;

export type SignName = keyof typeof BODIES;
export const SIGN_NAMES = Object.keys(BODIES) as SignName[];

export const signOf = (name: SignName, size = 11): string => sign(size, BODIES[name]);
