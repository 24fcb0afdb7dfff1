/** How PDF and XMP write texts, times and binary data. */

/** A text in UTF-16, which every reader takes whatever its letters. */
export const pdfText = (text: string) => `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;

/** Always of the same length, so that one may be written over another. */
export const pdfDate = (date: Date) => `(D:${date.toISOString().replace(/\D/g, '').slice(0, 14)}+00'00')`;

/** Text between XML tags. */
export const xmlText = (text: string) =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!);
