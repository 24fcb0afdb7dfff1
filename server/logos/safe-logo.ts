/** A file that somebody sends as a logo, as it is kept: a picture, and nothing that could act or reach out. */
import type { Logo } from '#/plans/brands/brand.ts';
import { MOST_LOGO_BYTES } from '#/plans/brands/brand.ts';
import { invalid } from '#/plans/errors.ts';
import { isPng, safePng } from './png.ts';
import { isSvg, safeSvg } from './svg.ts';

export function safeLogo(bytes: Buffer): Logo {
  if (bytes.length > MOST_LOGO_BYTES)
    throw invalid('logo', 'brand.logo-size', { mostBytes: MOST_LOGO_BYTES });
  if (isPng(bytes)) return { type: 'image/png', content: safePng(bytes) };
  if (isSvg(bytes)) return { type: 'image/svg+xml', content: safeSvg(bytes) };
  throw invalid('logo', 'brand.logo-kind');
}
