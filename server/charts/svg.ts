/** The few shapes that all charts are made of, as text. The same input always gives the same characters. */

/** Colours have one meaning each. What is claimed never shares a colour with what is proven. */
export const COLOUR = {
  ink: '#0E1B2A',
  soft: '#66758A',
  line: '#D9DFE5',
  wash: '#EEF1F4',
  paper: '#FFFFFF',
  proven: '#0F766E',
  declared: '#5B4B9A',
  late: '#B7791F',
  contradicted: '#B42318',
  unknown: '#8793A1',
  gold: '#C9A24B',
} as const;

type Value = string | number;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

/** A picture with a name and a description: readers of the page and of the tagged PDF hear both. */
export function picture({
  width,
  height,
  title,
  desc,
  body,
}: {
  width: number;
  height: number;
  title: string;
  desc: string;
  body: string;
}): string {
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const words = `<title>${escapeXml(title)}</title><desc>${escapeXml(desc)}</desc>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeXml(`${title}. ${desc}`)}">${words}${body}</svg>`;
}

/** A sign beside a word that says the same: hidden from readers, who hear the word. */
export function sign(size: number, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" class="sign" viewBox="0 0 14 14" width="${size}" height="${size}" aria-hidden="true">${body}</svg>`;
}

/** One element; numbers are rounded to two decimals. */
export function shape(name: string, attributes: Record<string, Value>): string {
  const told = Object.entries(attributes).map(([key, value]) => `${key}="${tell(value)}"`);
  return `<${name} ${told.join(' ')}/>`;
}

/** A line of text, escaped. */
export function label(text: string, attributes: Record<string, Value>): string {
  const told = Object.entries(attributes).map(([key, value]) => `${key}="${tell(value)}"`);
  return `<text ${told.join(' ')}>${escapeXml(text)}</text>`;
}

const tell = (value: Value): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : escapeXml(value);
