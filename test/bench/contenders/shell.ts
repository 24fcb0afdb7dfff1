/** Four standard programs in a row. They know no second day: all is stored again. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Contender, Place } from '../contender.ts';
import type { Command } from '../measure.ts';

const STORE =
  'tar --create --directory "$SOURCE" . | zstd -3 -T2 --quiet | age --recipient "$RECIPIENT" --output "$STORE"';
const READ = 'age --decrypt --identity "$IDENTITY" "$STORE/first.tar.zst.age" | zstd --decompress --quiet';

/** `keys` is the folder with our own key files, so that all seal to the same recipient. */
export function shell(keys: string): Contender {
  const pipe = (place: Place, script: string): Command => ({
    program: 'bash',
    args: ['-c', `set -o pipefail; ${script}`],
    env: {
      ...place.env,
      SOURCE: place.source,
      STORE: place.store,
      TARGET: place.target,
      IDENTITY: path.join(keys, 'identity.txt'),
      RECIPIENT: readFileSync(path.join(keys, 'recipient.txt'), 'utf8').trim(),
    },
  });
  return {
    name: 'shell',
    isIncremental: false,
    version: { program: 'zstd', args: ['--version'], env: {} },
    init: (place) => [{ program: 'mkdir', args: [place.store], env: place.env }],
    works: {
      first: (place) => pipe(place, `${STORE}/first.tar.zst.age`),
      day2: (place) => pipe(place, `${STORE}/day2.tar.zst.age`),
      L2b: (place) => pipe(place, `${READ} | tar --list > "$STORE/../names"`),
      L3: (place) => pipe(place, `${READ} | tar --extract --directory "$TARGET"`),
    },
  };
}
