/** `reprise restore`: gives back a recovery point, or a part of it. */
import type { RestoreResult } from '#/jobs/recovery-points/contract.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { DONE, follow, openStoreOf, readCall, readKeyFile, textOrFile, WITH_RESERVATIONS } from './call.ts';
import { inWords, showProgress, tellOutcome } from './output.ts';

export const usage = `reprise restore POINT|latest --from STORE --asset NAME --identity FILE --into DIR [--trust PUBKEY] [--only GLOB] [--json]

DIR must be absent or empty. PUBKEY is a file or the text of an Ed25519 public key. GLOB is matched with paths below
the root, such as 'mail/**' or '*.docx'.`;

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  identity: { type: 'string' },
  into: { type: 'string' },
  trust: { type: 'string', multiple: true },
  only: { type: 'string' },
} as const;

export function run(args: string[]): Promise<number> {
  return follow(args, usage, async (signal) => {
    const { values, positionals } = readCall(args, options, {
      positionals: ['POINT'],
      required: ['from', 'asset', 'identity', 'into'],
    });
    const identity = readKeyFile(values.identity!, 'identity file');
    const trust = (values.trust ?? []).map(textOrFile);
    const { asset = '', into = '', only = null } = values;
    const store = await openStoreOf(values.from!);
    const progress = showProgress();
    const result = await restore({
      store,
      asset,
      point: positionals[0]!,
      identity,
      trust,
      into,
      only,
      onProgress: progress.tell,
      signal,
    }).finally(() => {
      progress.end();
      return store.close();
    });
    tellOutcome(values.json, result, describe(result, into));
    return result.reservations.length === 0 ? DONE : WITH_RESERVATIONS;
  });
}

function describe(
  { asset, pointId, files, bytes, seconds, reservations }: RestoreResult,
  into: string,
): string[] {
  return [
    `Restored ${pointId} of ${asset} into ${into}: ${files} files, ${inWords(bytes)} in ${seconds.toFixed(1)} s.`,
    ...reservations.map(({ path, reason }) => `  ${path}: ${reason}`),
  ];
}
