/**
 * From an object's key to a path below a folder, and back. Most keys are their own path. Where a key cannot be one:
 *
 *     %XX   a sign that a path cannot hold or that means something here: NUL and other controls, %, and the dots of . and ..
 *     %     an empty part, as in a//b or at the end of a/
 *     x%+   a part that is too long for a name; it goes on below
 *     x%=   the object x, where other keys have x/ before them and so make it a folder
 *
 * A bare % stands in no other place, so nothing is ambiguous.
 */

/** A name has 255 bytes at most, and marks need some. */
const NAME_BYTES = 240;

/** The path of a key. `isFolderToo` says that other keys begin with this one and a slash. */
export function pathOfKey(key: string, isFolderToo: boolean): string {
  const path = key.split('/').map(partOf).join('/');
  return isFolderToo ? `${path}%=` : path;
}

/** The key of a path that `pathOfKey` made. */
export function keyOfPath(path: string): string {
  return path
    .replace(/%=$/, '')
    .split('/')
    .map((part) => (part === '%' ? '' : part))
    .join('/')
    .replaceAll('%+/', '')
    .replaceAll(/(?:%[0-9A-F]{2})+/g, decodeURIComponent);
}

function partOf(part: string): string {
  if (part === '') return '%';
  if (/^\.\.?$/.test(part)) return part.replaceAll('.', '%2E');
  return cut([...part].map((sign) => (/[%\p{Cc}]/u.test(sign) ? encodeURIComponent(sign) : sign)));
}

/** Cuts a long part between signs, never within one. */
function cut(signs: string[]): string {
  const pieces: string[] = [];
  let [piece, bytes] = ['', 0];
  for (const sign of signs) {
    const more = Buffer.byteLength(sign);
    if (bytes + more > NAME_BYTES) {
      pieces.push(`${piece}%+`);
      [piece, bytes] = ['', 0];
    }
    piece += sign;
    bytes += more;
  }
  return [...pieces, piece].join('/');
}
