/**
 * An SVG of shapes and colours only. Whatever is not on the lists is refused and named, not taken out: a logo that lost
 * a part would be printed without anybody noticing.
 */
import { invalid } from '#/plans/errors.ts';

const ELEMENTS = new Set(
  'svg g path rect circle ellipse line polyline polygon defs linearGradient radialGradient stop clipPath title desc'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  (
    'xmlns xmlns:xlink version width height viewBox preserveAspectRatio id class transform d x y x1 y1 x2 y2 cx cy r rx ry fx fy ' +
    'points fill fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray ' +
    'stroke-dashoffset stroke-opacity opacity clip-path clip-rule clipPathUnits offset stop-color stop-opacity gradientUnits ' +
    'gradientTransform spreadMethod role aria-label xml:space enable-background'
  ).split(' '),
);
const NAMESPACES = ['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink'];
const TEXTS = ['title', 'desc'];
/** A tag, a comment, or text: nothing else is SVG of this kind. */
const PARTS =
  /<!--[\s\S]*?-->|<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/y;
const PAIRS = /(?<![\w:-])([\w:-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

export const isSvg = (bytes: Buffer): boolean =>
  /^\uFEFF?\s*(<\?xml|<svg|<!)/.test(bytes.toString('utf8', 0, 200));

/** The same picture, without its comments and its XML declaration. */
export function safeSvg(bytes: Buffer): Buffer {
  const source = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/^\s*<\?xml[^<>?]*\?>/, '')
    .trim();
  const open: string[] = [];
  const kept: string[] = [];
  for (let at = 0; at < source.length; at = PARTS.lastIndex) {
    PARTS.lastIndex = at;
    const part = PARTS.exec(source);
    if (!part) throw refused(source.slice(at, at + 20));
    const [whole, closes, name, attributes, isEmpty] = part;
    if (whole.startsWith('<!--')) continue;
    if (name === undefined) checkText(whole, open.at(-1));
    else if (closes) {
      if (open.pop() !== name || attributes) throw refused(`</${name}>`);
    } else {
      checkElement(name, attributes!, { isRoot: kept.join('').trim() === '', depth: open.length });
      if (!isEmpty) open.push(name);
    }
    kept.push(whole);
  }
  const text = kept.join('').trim();
  if (open.length > 0 || !text.startsWith('<svg')) throw refused('svg');
  return Buffer.from(text);
}

function checkElement(
  name: string,
  attributes: string,
  { isRoot, depth }: { isRoot: boolean; depth: number },
): void {
  if (!ELEMENTS.has(name) || isRoot !== (name === 'svg') || (depth === 0 && !isRoot) || depth > 50)
    throw refused(`<${name}>`);
  for (const [, key, double, single] of attributes.matchAll(PAIRS))
    checkAttribute(key!, double ?? single ?? '');
}

/** `url(#a)` points into the picture itself; no other address is let in, and no entity that could hide one. */
function checkAttribute(key: string, value: string): void {
  if (!ATTRIBUTES.has(key)) throw refused(key);
  if (key.startsWith('xmlns') ? !NAMESPACES.includes(value) : false) throw refused(key);
  if (key.startsWith('xmlns')) return;
  const within = value.replace(/url\(#[\w-]+\)/g, '');
  if (/url|:|&|\\|@|javascript|expression/i.test(within)) throw refused(`${key}="${value.slice(0, 40)}"`);
}

function checkText(text: string, parent: string | undefined): void {
  if (text.trim() === '') return;
  if (!parent || !TEXTS.includes(parent)) throw refused(text.trim().slice(0, 20));
}

const refused = (what: string) => invalid('logo', 'brand.logo-svg', { what });
