/** A small cover, to be looked at before a report is made in these colours. */
import { label, picture, shape } from './svg.ts';

const WIDTH = 210;
const HEIGHT = 148;
const DEFAULT = { primary: '#0B2239', accent: '#C9A24B' };

export interface CoverPreview {
  colours: { primary: string; accent: string } | null;
  /** As data. */
  logo: string | null;
  name: string;
  kicker: string;
  title: string;
  desc: string;
}

export function coverPreview({ colours, logo, name, kicker, title, desc }: CoverPreview): string {
  const { primary, accent } = colours ?? DEFAULT;
  const text = (words: string, y: number, size: number, fill: string) =>
    label(words, { x: 14, y, fill, 'font-size': size, 'font-weight': 600 });
  const body = [
    shape('rect', { x: 0, y: 0, width: WIDTH, height: HEIGHT, fill: primary }),
    ...(logo ? plateOf(logo) : []),
    text(name, logo ? 40 : 26, 8, '#FFFFFF'),
    text(kicker, 72, 7, accent),
    text(title, 92, 13, '#FFFFFF'),
    shape('rect', { x: 14, y: 106, width: 150, height: 1.4, fill: accent }),
  ].join('');
  return picture({ width: WIDTH, height: HEIGHT, title: desc, desc: `${primary}, ${accent}`, body });
}

/** The logo stands on white, whatever its own colours are. */
const plateOf = (logo: string): string[] => [
  shape('rect', { x: 14, y: 10, width: 58, height: 20, fill: '#FFFFFF' }),
  shape('image', { href: logo, x: 17, y: 12, width: 52, height: 16 }),
];
