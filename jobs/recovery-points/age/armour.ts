/** age's text form of a sealed file: strict PEM, which `age -d` reads as it is. */
const BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----';
const END = '-----END AGE ENCRYPTED FILE-----';

export const armour = (sealed: Buffer): string =>
  [BEGIN, ...(sealed.toString('base64').match(/.{1,64}/g) ?? []), END, ''].join('\n');

/** The sealed bytes of an armoured text, or of a file that is not armoured. */
export function withoutArmour(file: Buffer): Buffer {
  const text = file.toString('latin1').trim();
  if (!text.startsWith(BEGIN)) return file;
  return Buffer.from(text.slice(BEGIN.length).split('-----')[0]!.replace(/\s/g, ''), 'base64');
}
