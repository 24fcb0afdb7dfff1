/** A small cover, to be looked at before a report is made in these colours. */
import { label, picture, shape } from './svg.ts';

const WIDTH = 210;
const HEIGHT = 148;
const DEFAULT = { primary: '#0B2239', accent: '#C9A24B' };

export interface CoverPreview {
  colours: { primary: string; accent: string } | null;
  name: string;
  kicker: string;
  title: string;
  desc: string;
}

export function coverPreview({ colours, name, kicker, title, desc }: CoverPreview): string {
  const { primary, accent } = colours ?? DEFAULT;
  const text = (words: string, y: number, size: number, fill: string) =>
    label(words, { x: 14, y, fill, 'font-size': size, 'font-weight': 600 });
  const body = [
    shape('rect', { x: 0, y: 0, width: WIDTH, height: HEIGHT, fill: primary }),
    text(name, 26, 8, '#FFFFFF'),
    text(kicker, 66, 7, accent),
    text(title, 86, 13, '#FFFFFF'),
    shape('rect', { x: 14, y: 100, width: 150, height: 1.4, fill: accent }),
  ].join('');
  return picture({ width: WIDTH, height: HEIGHT, title: desc, desc: `${primary}, ${accent}`, body });
}
