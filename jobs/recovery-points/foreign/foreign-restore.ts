/**
 * L3x: a point restored by other people's programs, with the commands of the page that lies beside it, in a bare root, and compared
 * with its manifest. What it adds to L3: the page is right, and nothing of ours is needed.
 */
import { hash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newIdentity } from '../age/keys.ts';
import { EngineError, type PlantedFault, type Verdict, type VerifyRequest } from '../contract.ts';
import { type Because, because } from '../finding-codes.ts';
import { packKey, pointKeys } from '../layout.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { openManifest, openTrustedHead } from '../open-point.ts';
import { ReadPool } from '../packs/read-pool.ts';
import { findPoint, getOrNull, type OpenedHead } from '../points.ts';
import { placedLines } from '../restore/plan.ts';
import { compareTree } from '../verify/compare.ts';
import { removeTree } from '../verify/scratch.ts';
import { BareRoot, type Isolation, type Ran } from './bare-root.ts';
import { fillByHand, fillScript, OUR_PAPER, OUR_SCRIPT, type Paper, readPaper } from './paper.ts';
import { type TreeRoot, treeRoot } from './tree-root.ts';

export interface ForeignRequest
  extends Pick<
    VerifyRequest,
    'store' | 'asset' | 'point' | 'trust' | 'scratchDir' | 'onProgress' | 'signal'
  > {
  identity: string;
  /** Commands of a printed sheet, in the place of those in the store. */
  sheet?: Paper & { sha256: string };
  /** Worked into the fingerprint of what was restored, where somebody else is to compare it. */
  challenge?: string;
}

export interface ForeignCheck {
  name: string;
  level: 'L3x';
  verdict: Verdict;
  expected: string;
  observed: string;
  where: string | null;
  because: Because | null;
}

export interface ForeignResult {
  pointId: string;
  verdict: Verdict;
  /** From the first byte fetched until the page's own command said that every hash is right. Null when it never did. */
  seconds: number | null;
  bytes: number;
  checks: ForeignCheck[];
  plantedFaults: (Omit<PlantedFault, 'level'> & { level: 'L3x' })[];
  isolation: Isolation;
  /** Whose commands were run, and whether they are those that this version publishes. */
  paper: { source: 'store' | 'sheet'; sha256: string; isOurs: boolean };
  root: TreeRoot | null;
  tools: Record<string, string>;
}

/** Throws `EngineError` and `StoreError` where there is nothing to try it on. */
export async function foreignRestore(request: ForeignRequest): Promise<ForeignResult> {
  const { store, asset, trust, identity, scratchDir } = request;
  const pointId = await findPoint(store, asset, request.point);
  const opened = await openTrustedHead(store, asset, pointId, trust);
  const manifest = await openManifest(store, opened.head, identity);
  refuseDevices(manifest);
  const folder = await mkdtemp(path.join(scratchDir, 'foreign-'));
  try {
    // Whoever is not root there has to pass through.
    await chmod(folder, 0o755);
    const root = await BareRoot.build(folder);
    const began = performance.now();
    const paper = await bringPoint(request, opened, root);
    if (root.isolation === 'bare-path' && !paper.isOurs) throw notWalledOff();
    await using pool = new ReadPool(opened.head);
    return await new Trial({ request, opened, manifest, root, paper, pool, began }).run();
  } finally {
    await removeTree(folder);
  }
}

interface Brought {
  paper: Paper;
  source: 'store' | 'sheet';
  sha256: string;
  isOurs: boolean;
}

interface Given {
  request: ForeignRequest;
  opened: OpenedHead;
  manifest: Manifest;
  root: BareRoot;
  paper: Brought;
  pool: ReadPool;
  began: number;
}

type Way = 'script' | 'by-hand';

/** What came of one way: null, or why it is not good. */
interface Outcome {
  because: Because | null;
  verdict: Verdict;
  observed: string;
  where: string | null;
}

const GOOD: Outcome = {
  because: null,
  verdict: 'passed',
  observed: 'all of it, and nothing else',
  where: null,
};

class Trial {
  readonly #given: Given;
  readonly #lessened: Set<string>;

  constructor(given: Given) {
    this.#given = given;
    this.#lessened = notGivenBack(given.manifest);
  }

  async run(): Promise<ForeignResult> {
    const { request, opened, root, paper, began } = this.#given;
    const checks: ForeignCheck[] = [];
    const script = await this.#try('script', paper.paper, request.identity);
    const seconds = script.verdict === 'passed' ? (performance.now() - began) / 1000 : null;
    checks.push(checkOf('script', script));
    const isAsked = request.challenge !== undefined && script.verdict === 'passed';
    const tree = isAsked ? await treeRoot(this.#out('script'), request.challenge!, request.signal) : null;
    await this.#clear('script');
    const byHand = await this.#try('by-hand', paper.paper, request.identity);
    checks.push(checkOf('by-hand', byHand));
    await this.#clear('by-hand');
    const isGood = checks.every(({ verdict }) => verdict === 'passed');
    const plantedFaults = isGood ? await this.#plant() : [];
    const { source, sha256, isOurs } = paper;
    return {
      pointId: opened.head.point,
      verdict: worst([...checks.map(({ verdict }) => verdict), ...plantedFaults.map(asVerdict)]),
      seconds,
      bytes: opened.head.bytes,
      checks,
      plantedFaults,
      isolation: root.isolation,
      paper: { source, sha256, isOurs },
      root: tree,
      tools: await versionsIn(root),
    };
  }

  async #try(way: Way, paper: Paper, identity: string): Promise<Outcome> {
    const { request, opened, root } = this.#given;
    const { signal } = request;
    await writeFile(path.join(root.folder, 'identity.txt'), `${identity}\n`, { mode: 0o600 });
    const filling = {
      asset: request.asset,
      point: opened.head.point,
      identity: root.named('identity.txt'),
      into: root.named(way),
    };
    request.onProgress?.({ phase: 'restore', files: 0, bytes: 0, totalBytes: opened.head.bytes });
    const lines =
      way === 'script' ? fillScript(paper, filling) : fillByHand(paper, filling, opened.head.runs);
    const ran = await root.run(lines, { mostMs: mostMsFor(opened.head.bytes), signal });
    signal?.throwIfAborted();
    const refused = way === 'script' ? scriptRefused(ran) : handRefused(ran);
    return refused ?? (await this.#compare(way, ran));
  }

  /** By hand, runs that are laid over each other keep what was removed between them, with times and rights of the last: the page says so. */
  async #compare(way: Way, { stderr }: Ran): Promise<Outcome> {
    const { manifest, opened, root, pool, request } = this.#given;
    const isRough = way === 'by-hand' && opened.head.runs > 1;
    await mkdir(this.#out(way), { recursive: true });
    const findings = await compareTree({
      root: this.#out(way),
      lines: linesOf(manifest),
      options: { owners: root.isRoot, lessened: this.#lessened },
      pool,
      signal: request.signal,
    });
    const wrong = findings.find(({ name }) => !isRough || CONTENT.has(name));
    if (!wrong) return GOOD;
    const where = wrong.where ?? '.';
    if (isRough && stderr.includes('Cannot open'))
      return {
        verdict: 'inconclusive',
        because: because('foreign.hand-needed', { path: where }),
        observed: 'a folder that became a file, which the page leaves to a person',
        where,
      };
    return {
      verdict: 'failed',
      because: because(way === 'script' ? 'foreign.script-differs' : 'foreign.hand-differs', { path: where }),
      observed: `${wrong.name}: ${wrong.observed}${firstLine(stderr)}`,
      where,
    };
  }

  /** Faults in copies of what was just shown to be good: a wrong command, a program that is not there, another key. */
  async #plant(): Promise<ForeignResult['plantedFaults']> {
    const { request, root, paper } = this.#given;
    const spoilt = spoil(paper.paper);
    return [
      await this.#planted('paper-command-wrong', 'by-hand', /^tree-/, () =>
        this.#try('by-hand', spoilt, request.identity),
      ),
      await this.#planted('tool-missing', 'script', /zstd/, () =>
        root.without('zstd', () => this.#try('script', paper.paper, request.identity)),
      ),
      await this.#planted('key-of-another', 'script', /identity/, () =>
        this.#try('script', paper.paper, newIdentity().identity),
      ),
    ];
  }

  /** Caught is what failed for that very reason. */
  async #planted(
    kind: string,
    way: Way,
    reason: RegExp,
    run: () => Promise<Outcome>,
  ): Promise<ForeignResult['plantedFaults'][number]> {
    const { verdict, because: why, observed } = await run();
    await this.#clear(way);
    const found = why ?? because('level.fault-missed', { fault: kind });
    return {
      kind,
      level: 'L3x',
      caught: verdict === 'failed' && reason.test(observed),
      finding: { ...found, message: observed },
    };
  }

  #out(way: Way): string {
    return path.join(this.#given.root.folder, way);
  }

  async #clear(way: Way): Promise<void> {
    for (const suffix of ['', '.incomplete', '.copies']) await removeTree(`${this.#out(way)}${suffix}`);
  }
}

const NO_END = 'it did not end in time';

/** Ten minutes, and more for much: slower than 1 MB a second nobody would wait for. */
const mostMsFor = (bytes: number): number => 600_000 + bytes / 1000;

/** What has to be right even where the page promises no more than content. */
const CONTENT = new Set(['tree-missing', 'tree-type', 'tree-content', 'tree-size']);

const checkOf = (way: Way, { because: why, verdict, observed, where }: Outcome): ForeignCheck => ({
  name: `foreign-${way}`,
  level: 'L3x',
  verdict,
  expected:
    way === 'script' ? 'the command of RESTORE.md gives all back' : 'the commands by hand give all back',
  observed,
  where,
  because: why,
});

/** 3: all is given back, and some of it was not whole when the point was made. */
function scriptRefused({ status, stdout, stderr }: Ran): Outcome | null {
  if ((status === 0 || status === 3) && stdout.includes('every SHA-256 checked')) return null;
  const original =
    status === null ? NO_END : (stderr.trim() || stdout.trim() || `exit status ${status}`).slice(-500);
  return {
    verdict: 'failed',
    because: because('foreign.script-failed', { original }),
    observed: original,
    where: 'restore.sh',
  };
}

/** Nothing stops by hand: what is wrong is seen by what is there afterwards. Only a shell that did not run at all is seen here. */
function handRefused({ status, stderr }: Ran): Outcome | null {
  if (status !== 9 && status !== null) return null;
  const original = status === null ? NO_END : stderr.trim().slice(-500);
  return {
    verdict: status === null ? 'failed' : 'inconclusive',
    because: because('foreign.not-run', { original }),
    observed: original,
    where: 'RESTORE.md',
  };
}

/** One command wrong, as a slip in the page would be: the packs are looked for where they are not. */
const spoil = ({ script, byHand }: Paper): Paper => ({
  script,
  byHand: {
    ...byHand,
    single: byHand.single.replaceAll('/packs/', '/pack/'),
    several: byHand.several.replaceAll('/packs/', '/pack/'),
  },
});

/** Copies what somebody would copy out of a bucket: the page, the script, the point, and its packs. */
async function bringPoint(request: ForeignRequest, { head }: OpenedHead, root: BareRoot): Promise<Brought> {
  const { store, asset, sheet, signal } = request;
  const backups = path.join(root.folder, 'backups');
  const text = (await getOrNull(store, 'RESTORE.md'))?.toString('utf8');
  const script = (await getOrNull(store, 'restore.sh'))?.toString('utf8');
  if (script === undefined || (text === undefined && !sheet)) throw noPaper();
  await writeFile(path.join(backups, 'restore.sh'), script);
  const keys = Object.values(pointKeys(asset, head.point));
  for (const key of [...keys, ...head.packs.map(({ sha256 }) => packKey(asset, sha256))]) {
    signal?.throwIfAborted();
    const target = path.join(backups, key);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, await store.get(key));
  }
  const isOurScript = script === OUR_SCRIPT;
  if (sheet) return { paper: sheet, source: 'sheet', sha256: sheet.sha256, isOurs: isOurScript };
  const page = text ?? '';
  return {
    paper: readPaper(page),
    source: 'store',
    sha256: hash('sha256', page),
    isOurs: isOurScript && page === OUR_PAPER,
  };
}

/** Only the system's own root makes them, and it is not let in here. */
function refuseDevices(manifest: Manifest): void {
  for (const line of manifest.lines()) {
    if (!line.includes('"device":[')) continue;
    const { path: where } = JSON.parse(line) as Entry;
    throw new EngineError(
      'inconclusive',
      because('foreign.device', { path: where }),
      `${where} is a device, which is not made in a bare root.`,
      { where },
    );
  }
}

/** Attributes that only the system's own root may set, or that name other owners. */
function notGivenBack(manifest: Manifest): Set<string> {
  const found = new Set<string>();
  for (const line of manifest.lines()) {
    if (!line.includes('"xattrs":{')) continue;
    const { path: own, xattrs = {} } = JSON.parse(line) as Entry;
    if (Object.keys(xattrs).some((name) => !name.startsWith('user.'))) found.add(own);
  }
  return found;
}

function* linesOf(manifest: Manifest): Generator<string> {
  for (const { line } of placedLines(manifest)) yield line;
}

const VERSIONS = 'for one in age zstd tar; do echo "$one $($one --version | sed -n 1p)"; done';

async function versionsIn(root: BareRoot): Promise<Record<string, string>> {
  const { stdout } = await root.run(VERSIONS, { mostMs: 60_000 });
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0]!, /\d+\.\d+(\.\d+)?/.exec(line)?.[0] ?? 'unknown']),
  );
}

const worst = (verdicts: Verdict[]): Verdict =>
  verdicts.includes('failed') ? 'failed' : verdicts.includes('inconclusive') ? 'inconclusive' : 'passed';

const asVerdict = ({ caught }: { caught: boolean }): Verdict => (caught ? 'passed' : 'failed');

const firstLine = (text: string): string => (text.trim() === '' ? '' : ` (${text.trim().split('\n')[0]})`);

const noPaper = () =>
  new EngineError('data', because('foreign.no-paper', {}), 'RESTORE.md or restore.sh is not in the store.', {
    where: 'RESTORE.md',
  });

/** Text from a store is not signed: what is not known to be ours runs behind walls or not at all. */
const notWalledOff = () =>
  new EngineError(
    'inconclusive',
    because('foreign.not-walled-off', {}),
    'The page in the store is not the one this version publishes, and this system has no walls to run it behind.',
    { where: 'RESTORE.md' },
  );
