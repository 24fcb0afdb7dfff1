/** One point, restored in a bare root in both ways of its page, and once more with faults planted. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newIdentity } from '../age/keys.ts';
import type { Verdict } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import type { OpenedHead } from '../points.ts';
import { placedLines } from '../restore/plan.ts';
import { compareTree } from '../verify/compare.ts';
import { removeTree } from '../verify/scratch.ts';
import type { BareRoot, Ran } from './bare-root.ts';
import type { Brought } from './bring-point.ts';
import type { ForeignCheck, ForeignRequest, ForeignResult } from './contract.ts';
import { firstLine, GOOD, handRefused, type Outcome, scriptRefused } from './outcomes.ts';
import { fillByHand, fillScript, type Paper } from './paper.ts';
import { treeRoot } from './tree-root.ts';

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

export class Trial {
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

/** One command wrong, as a slip in the page would be: the packs are looked for where they are not. */
const spoil = ({ script, byHand }: Paper): Paper => ({
  script,
  byHand: {
    ...byHand,
    single: byHand.single.replaceAll('/packs/', '/pack/'),
    several: byHand.several.replaceAll('/packs/', '/pack/'),
  },
});

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
