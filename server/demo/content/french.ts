/** French typography: no line breaks before a double punctuation mark, nor between a figure and its unit. */
const NBSP = '\u00a0';

export const french = (text: string): string =>
  text
    .trim()
    .replace(/ (?=[:;!?»%€])/g, NBSP)
    .replaceAll('« ', `«${NBSP}`)
    .replace(/(?<=\d) (?=(?:h|min|jours?|ans?|mois|postes|km)\b|\d{3}\b)/g, NBSP);
