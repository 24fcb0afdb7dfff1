/** `reprise verify`: proves a recovery point up to a level. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  type Damage,
  LEVELS,
  type Level,
  type PackProof,
  type ProofScope,
  type VerifyResult,
} from '#/jobs/recovery-points/contract.ts';
import { joinProofs } from '#/jobs/recovery-points/verify/rotation.ts';
import { verify } from '#/jobs/recovery-points/verify/verify.ts';
import {
  CallError,
  follow,
  openStoreOf,
  readCall,
  readKeyFile,
  STATUS_OF,
  textOrFile,
  withScratch,
} from './call.ts';
import { showProgress, tellOutcome } from './output.ts';

export const usage = `reprise verify POINT|latest --from STORE --asset NAME --level L0|L1|L2a|L2b|L3 [--identity FILE] [--trust PUBKEY] [--budget-seconds N] [--budget-bytes N] [--proven FILE] [--checksums sha256] [--json]

L0 all objects are there · L1 the store's checksum · L2a every byte is read back · L2b every file is opened and
compared (needs --identity) · L3 restored into an empty folder and compared both ways. Each level holds those before it.
PUBKEY is a file or the text of an Ed25519 public key.

A budget, for L2a and L2b, reads only as many packs as fit in: those never read first, then the stalest, so that run after
run all are read. What passes is then a sample of the point and reaches no level above L0. --proven is the file that keeps when
each pack was read; it is made where there is none, and written again by every run that names it.
--checksums sha256 lets L1 compare the store's own SHA-256, where "reprise stores probe" found that the bucket keeps them.`;

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  level: { type: 'string' },
  identity: { type: 'string' },
  trust: { type: 'string', multiple: true },
  'budget-seconds': { type: 'string' },
  'budget-bytes': { type: 'string' },
  proven: { type: 'string' },
  checksums: { type: 'string' },
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
    const budget = readBudget(values['budget-seconds'], values['budget-bytes']);
    const proven = values.proven === undefined ? [] : readProofs(values.proven);
    const store = await openStoreOf(values.from!, { checksums: values.checksums });
    const progress = showProgress(values.json);
    const result = await withScratch((scratchDir) =>
      verify({
        store,
        asset: values.asset!,
        point: positionals[0]!,
        level,
        ...identity,
        trust,
        ...budget,
        proven,
        scratchDir,
        onProgress: progress.tell,
        signal,
      }),
    ).finally(() => {
      progress.end();
      return store.close();
    });
    if (values.proven !== undefined) writeProofs(values.proven, proven, result);
    tellOutcome(values.json, result, describe(result));
    return STATUS_OF[result.verdict];
  });
}

function readLevel(text: string): Level {
  const level = LEVELS.find((known) => known.toLowerCase() === text.toLowerCase());
  if (level) return level;
  throw new CallError(`"${text}" is not a level. Levels are ${LEVELS.join(', ')}.`);
}

function readBudget(seconds: string | undefined, bytes: string | undefined) {
  if (seconds === undefined && bytes === undefined) return {};
  return {
    budget: {
      ...(seconds !== undefined && { seconds: readNumber('--budget-seconds', seconds) }),
      ...(bytes !== undefined && { bytes: readNumber('--budget-bytes', bytes) }),
    },
  };
}

function readNumber(flag: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CallError(`${flag} takes a whole number above 0.`);
}

function readProofs(file: string): PackProof[] {
  if (!existsSync(file)) return [];
  try {
    const proofs = (JSON.parse(readFileSync(file, 'utf8')) as { proofs: PackProof[] }).proofs;
    if (proofs.every(isProof)) return proofs;
  } catch {
    // Said below, in our own words.
  }
  throw new CallError(`${file} is not a file that --proven has written.`);
}

const isProof = ({ sha256, at, level }: PackProof) =>
  /^[0-9a-f]{64}$/.test(sha256) && new Date(at).toISOString() === at && ['L2a', 'L2b'].includes(level);

/** Whole or not at all: the file is the memory of all runs before. */
function writeProofs(file: string, before: PackProof[], { proofs, damage }: VerifyResult): void {
  const joined = joinProofs(before, proofs, damage?.packs ?? []);
  writeFileSync(`${file}.new`, `${JSON.stringify({ proofs: joined }, null, 1)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
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
  scope,
  damage,
  sourceReservations,
}: VerifyResult): string[] {
  const caught = plantedFaults.filter((fault) => fault.caught).length;
  const notPassed = checks.filter((check) => check.verdict !== 'passed');
  return [
    `${asset} ${pointId}: ${verdict}${scope.isSample ? ' as a sample' : ''}, reached ${reached ?? 'no level'}, signature ${signature}.`,
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
    ...describeScope(scope),
    ...(damage ? describeDamage(damage) : []),
    ...(sourceReservations ?? []).map(
      ({ kind, path, reason }) => `  ${kind} when it was captured: ${path} (${reason})`,
    ),
  ];
}

function describeScope({
  packsRead,
  packsCited,
  packsReadLately,
  neverRead,
  oldestProofAt,
}: ProofScope): string[] {
  if (packsReadLately + packsRead === 0 && oldestProofAt === null) return [];
  const never = neverRead > 0 ? `, ${neverRead} never read` : '';
  const oldest = oldestProofAt ? `, the stalest on ${oldestProofAt}` : '';
  return [
    `  ${packsRead} of ${packsCited} packs read in this run; ${packsReadLately} of ${packsCited} in the last 30 days${oldest}${never}`,
  ];
}

function describeDamage({ packs, files, otherPoints, newestWhole }: Damage): string[] {
  return [
    ...packs.map((sha256) => `  bad or missing pack: ${sha256}`),
    files ? `  files affected: ${files.count}` : '  files affected: not known',
    ...(files?.first ?? []).map((path) => `    ${path}`),
    otherPoints
      ? `  other points that need such a pack: ${otherPoints.join(', ') || 'none'}`
      : '  other points that need such a pack: unknown, the store did not answer',
    newestWhole
      ? `  newest point that is whole as far as L0 shows: ${newestWhole.point}, data of ${newestWhole.dataTime}; ${newestWhole.packsProven} of its ${newestWhole.packsCited} packs were read and sound before`
      : '  no other point was found whole',
  ];
}
