/** Impact over time as a picture in a document: the same shapes that `partials/impact-curve` draws on a page. */
import { type Curve, impactPicture } from './impact-curve.ts';
import { COLOUR, escapeXml, label, picture, shape } from './svg.ts';

const FONT = 11;

export interface ImpactFigure {
  curves: Curve[];
  mtpdSeconds: number | null;
  derivedMtpdSeconds: number | null;
  /** How a moment is told. */
  moment(seconds: number): string;
  /** What the limit is called. */
  limitName: string;
  title: string;
  desc: string;
}

export function impactFigure({ curves, moment, limitName, title, desc, ...limits }: ImpactFigure): string {
  const drawn = impactPicture(curves, limits);
  const { width, height, left, right, bottom, bands, ticks, mtpdX, derivedX } = drawn;
  const words = { 'font-size': FONT, fill: COLOUR.ink };
  const body = [
    ...bands.flatMap(({ category, labelY, y, steps }) => [
      clipped(category, labelY, drawn.labelWidth),
      shape('path', { d: `M${left} ${y}H${right}`, stroke: COLOUR.line, 'stroke-width': 1 }),
      ...steps.map((step) =>
        shape('rect', { ...boxOf(step), fill: step.isTolerable ? COLOUR.unknown : COLOUR.contradicted }),
      ),
      ...steps.map((step) => label(String(step.level), { x: step.numberX, y: step.numberY, ...words })),
    ]),
    ...ticks.map(({ x, seconds }) =>
      label(seconds === 0 ? '0' : moment(seconds), { x, y: drawn.momentY, ...words, fill: COLOUR.soft }),
    ),
    ...(derivedX === null
      ? []
      : [
          shape('path', {
            d: `M${derivedX} 0V${bottom}`,
            stroke: COLOUR.contradicted,
            'stroke-width': 1,
            'stroke-dasharray': '3 3',
          }),
        ]),
    ...(mtpdX === null
      ? []
      : [
          shape('path', { d: `M${mtpdX} 0V${bottom}`, stroke: COLOUR.ink, 'stroke-width': 2 }),
          label(limitName, { x: mtpdX, y: drawn.limitY, ...words, 'font-weight': 600 }),
        ]),
  ];
  return picture({ width, height, title, desc, body: body.join('') });
}

const boxOf = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => ({
  ...{ x, y, width, height },
});

/** A name that is too long is cut by its box. */
const clipped = (text: string, y: number, width: number): string =>
  `<svg x="0" y="${y}" width="${width}" height="20"><text x="0" y="14" font-size="${FONT}" fill="${COLOUR.ink}">${escapeXml(text)}</text></svg>`;
