/** A QR code as one path. */
import QRCode from 'qrcode';
import { picture, shape } from './svg.ts';

const QUIET = 2;

/** With `H` a third of the code may be soiled and it is still read; it is larger then. */
export function qr(text: string, title: string, errorCorrectionLevel: 'M' | 'H' = 'M'): string {
  const { modules } = QRCode.create(text, { errorCorrectionLevel });
  const cells: string[] = [];
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column)) cells.push(`M${column + QUIET} ${row + QUIET}h1v1h-1z`);
  const size = modules.size + 2 * QUIET;
  const ground = shape('rect', { x: 0, y: 0, width: size, height: size, fill: '#FFFFFF' });
  return picture({
    width: size,
    height: size,
    title,
    desc: text,
    body: ground + shape('path', { d: cells.join('') }),
  });
}
