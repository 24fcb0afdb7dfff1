/** `reprise verify`: proves a recovery point up to a level. */
import { LEVELS, type Level, type VerifyResult } from '#/jobs/recovery-points/contract.ts';
import { verify } from '#/jobs/recovery-points/verify/verify.ts';
import {
  CallError,
  DONE,
  FAILED,
  follow,
  INCONCLUSIVE,
  openStoreOf,
  readCall,
  readKeyFile,
  textOrFile,
  withScratch,
} from './call.ts';
import { showProgress, tellOutcome } from './output.ts';

export const usage = `reprise verify POINT|latest --from STORE --asset NAME --level L0|L1|L2a|L2b|L3 [--identity FILE] [--trust PUBKEY] [--json]

L0 all objects are there · L1 the store's checksum · L2a every byte is read back · L2b every file is opened and
compared (needs --identity) · L3 restored into an empty folder and compared both ways. Each level holds those before it.
PUBKEY is a file or the text of an Ed25519 public key.`;

const STATUS = { passed: DONE, failed: FAILED, inconclusive: INCONCLUSIVE };

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  level: { type: 'string' },
  identity: { type: 'string' },
  trust: { type: 'string', multiple: true },
} as const;

export function run(args: string[]): Promise<number> {
  return follow(args, usage, async (signal) => {
    const { values, positionals } = readCall(args, options, {
      positionals: ['POINT'],
      required: ['from', 'asset', 'level'],
    });
    const level = readLevel(values.level!);
    const identity =
      values.identity === undefined ? {} : { identity: readKeyFile(values.identity, 'identity file') };
    const trust = (values.trust ?? []).map(textOrFile);
    const store = await openStoreOf(values.from!);
    const progress = showProgress();
    const result = await withScratch((scratchDir) =>
      verify({
        store,
        asset: values.asset!,
        point: positionals[0]!,
        level,
        ...identity,
        trust,
        scratchDir,
        onProgress: progress.tell,
        signal,
      }),
    ).finally(() => {
      progress.end();
      return store.close();
    });
    tellOutcome(values.json, result, describe(result));
    return STATUS[result.verdict];
  });
}

function readLevel(text: string): Level {
  const level = LEVELS.find((known) => known.toLowerCase() === text.toLowerCase());
  if (level) return level;
  throw new CallError(`"${text}" is not a level. Levels are ${LEVELS.join(', ')}.`);
}

function describe({
  asset,
  pointId,
  verdict,
  reached,
  levels,
  checks,
  plantedFaults,
  signature,
}: VerifyResult): string[] {
  const caught = plantedFaults.filter((fault) => fault.caught).length;
  const notPassed = checks.filter((check) => check.verdict !== 'passed');
  return [
    `${asset} ${pointId}: ${verdict}, reached ${reached ?? 'no level'}, signature ${signature}.`,
    ...levels.map(
      ({ level, verdict: of, seconds }) => `  ${level.padEnd(4)} ${of} (${seconds.toFixed(1)} s)`,
    ),
    ...notPassed.map(
      ({ level, name, where, expected, observed }) =>
        `  ${level} ${name}${where ? ` ${where}` : ''}: expected ${expected}; ${observed}`,
    ),
    ...plantedFaults
      .filter((fault) => !fault.caught)
      .map(({ level, kind }) => `  ${level} planted fault NOT caught: ${kind}`),
    `  ${plantedFaults.length} faults planted in copies, ${caught} caught`,
  ];
}
