/** How well two colours stand apart, as WCAG 2 reckons it. */

/** Level AA, for text of any size. */
export const LEAST_CONTRAST = 4.5;
export const WHITE = '#FFFFFF';

/** From 1, the same, to 21, black on white. */
export function contrastOf(one: string, other: string): number {
  const [dark, light] = [luminanceOf(one), luminanceOf(other)].sort((left, right) => left - right);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminanceOf(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((from) => {
    const part = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
