/** Standard programs in a row, with rclone between them and S3. They know no second day: all is stored again. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Contender, type Place, STORES } from '../contender.ts';
import type { Command } from '../measure.ts';

const PACK = 'tar --create --directory "$SOURCE" . | zstd -3 -T2 --quiet | age --recipient "$RECIPIENT"';
const OPEN = 'age --decrypt --identity "$IDENTITY"';
const UNPACK = 'zstd --decompress --quiet';
const VERSIONS = [
  'set -eo pipefail; age=$(age --version); zstd=$(zstd --version | grep --only-matching "v[0-9.]*")',
  'rclone=$(rclone version | sed --quiet 1p); echo "age $age, zstd $zstd, $rclone"',
].join('; ');

/** `keys` is the folder with our own key files, so that all seal to the same recipient. */
export function shell(keys: string): Contender {
  const pipe = (place: Place, script: string): Command => ({
    program: 'bash',
    args: ['-c', `set -o pipefail; ${script}`],
    env: {
      ...place.env,
      ...rcloneSettings(place),
      SOURCE: place.source,
      STORE: place.store,
      STATE: place.state,
      TARGET: place.target,
      IDENTITY: path.join(keys, 'identity.txt'),
      RECIPIENT: readFileSync(path.join(keys, 'recipient.txt'), 'utf8').trim(),
    },
  });
  const write = (place: Place, name: string) =>
    pipe(
      place,
      place.s3 ? `${PACK} | rclone rcat ${remote(place, name)}` : `${PACK} --output "$STORE/${name}"`,
    );
  const read = (place: Place, script: string) => {
    const first = place.s3 ? `rclone cat ${remote(place, FIRST)} | ${OPEN}` : `${OPEN} "$STORE/${FIRST}"`;
    return pipe(place, `${first} | ${UNPACK} | ${script}`);
  };
  return {
    name: 'shell',
    stores: STORES,
    isIncremental: false,
    version: { program: 'bash', args: ['-c', VERSIONS], env: {} },
    init: ({ store, env }) => [{ program: 'mkdir', args: ['--parents', store], env }],
    works: {
      first: (place) => write(place, FIRST),
      day2: (place) => write(place, 'day2.tar.zst.age'),
      L2b: (place) => read(place, 'tar --list > "$STATE/names"'),
      L3: (place) => read(place, 'tar --extract --directory "$TARGET"'),
    },
  };
}

const FIRST = 'first.tar.zst.age';
const remote = ({ s3 }: Place, name: string) => `bench:${s3?.bucket}/${name}`;

function rcloneSettings({ s3 }: Place): Record<string, string> {
  if (!s3) return {};
  return {
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
    RCLONE_CONFIG_BENCH_ENDPOINT: s3.endpoint,
    RCLONE_CONFIG_BENCH_ENV_AUTH: 'true',
  };
}
