/** The certificate of one restore test: a page that says what it showed and what not, and an annex with every check. */
import type { RestoreTestSnapshot } from '#/plans/reports/restore-test/snapshot.ts';
import { barAgainstObjective } from '#/server/charts/bar-against-objective.ts';
import { signOf } from '#/server/charts/signs.ts';
import { chapter, frameOf } from '../view/frame.ts';
import { evidenceView } from '../view/holdings.ts';
import { levelsOf, type Outcome, outcomeOf } from '../view/restore-tests.ts';
import { cleaned } from '../view/user-text.ts';
import type { Voice } from '../view/voice.ts';

const LIMITS = ['one-point', 'certificate-time', 'no-opinion'];
const DISTANCES = ['host', 'key', 'account', 'implementation'] as const;

type Test = RestoreTestSnapshot['test'];

export function restoreTestView(given: RestoreTestSnapshot, voice: Voice) {
  const snapshot = cleaned(given);
  const { client, test, asset, point } = snapshot;
  const outcome = certified(test);
  return {
    ...frameOf(given, voice, {
      owner: client.name,
      chapters: [chapter(voice, 'certificate', '1'), chapter(voice, 'checks', 'A')],
      limits: LIMITS,
    }),
    title: voice.say(titleKey(test, outcome), {
      asset: asset.name,
      seconds: test.seconds ?? 0,
      finishedDate: test.finishedAt,
    }),
    outcome: voice.say(`outcome.${outcome}`),
    tone: `is-${outcome}`,
    sign: signOf(outcome, 22),
    level: test.reached ?? voice.say('none-reached'),
    requested: test.requested,
    caveats: caveatsOf(snapshot, voice),
    what: [
      [voice.say('certificate.asset'), asset.name],
      [voice.say('certificate.client'), client.name],
      [voice.say('certificate.finished'), voice.moment(test.finishedAt)],
      [voice.say('certificate.point'), point.id],
      [voice.say('certificate.data-of'), voice.moment(point.dataTime)],
      [voice.say('certificate.store'), point.store],
      [voice.say('certificate.where'), whereOf(test, voice)],
      [voice.say('certificate.size'), voice.say('tests.size', { bytes: point.bytes, files: point.files })],
    ].map(([word, text]) => ({ word, text })),
    time: measure('time', { seconds: test.seconds, objective: test.rtoSeconds, name: asset.name }, voice),
    age: measure(
      'age',
      { seconds: test.dataAgeSeconds, objective: test.rpoSeconds, name: asset.name },
      voice,
    ),
    faults:
      test.plantedFaults === 0
        ? voice.say('tests.no-faults')
        : voice.say('tests.faults', { caught: test.caught, planted: test.plantedFaults }),
    faultsSign: signOf(
      test.plantedFaults > 0 && test.caught === test.plantedFaults ? 'proven' : 'without-value',
      13,
    ),
    levels: levelsOf(test, voice),
    shows: showsOf(test, outcome, voice),
    hides: hidesOf(test, outcome, voice),
    finding: test.finding ? voice.finding(test.finding) : '',
    annex: annexOf(snapshot, voice),
    evidence: evidenceView(snapshot.evidence, voice),
  };
}

/** What looks encrypted or wiped, and what read a sample, certifies nothing, whatever was noticed. */
const certified = (test: Test): Outcome =>
  test.state === 'passed' && (test.isSuspect || test.isSample) ? 'without-value' : outcomeOf(test);

function titleKey({ seconds }: Test, outcome: Outcome): string {
  if (outcome === 'passed') return seconds === null ? 'certificate.title.readable' : 'certificate.title.back';
  return `certificate.title.${outcome}`;
}

function caveatsOf({ test, point }: RestoreTestSnapshot, voice: Voice): string[] {
  return [
    ...(test.isSuspect ? [voice.say('certificate.suspect')] : []),
    ...(test.isSample ? [voice.say('certificate.sample')] : []),
    ...(point.isLost ? [voice.say('certificate.lost')] : []),
    ...(point.reservations > 0 ? [voice.say('certificate.reservations', { count: point.reservations })] : []),
  ];
}

const whereOf = ({ agent, independence }: Test, voice: Voice): string =>
  [
    agent ? voice.say('certificate.by-agent', { agent }) : voice.say('certificate.by-service'),
    independence?.host,
  ]
    .filter(Boolean)
    .join(', ');

interface Measured {
  seconds: number | null;
  objective: number | null;
  name: string;
}

/** A measure beside its objective, with the bar that shows both. */
function measure(of: 'time' | 'age', { seconds, objective, name }: Measured, voice: Voice) {
  const verdict = verdictOf(seconds, objective);
  const measured = seconds === null ? voice.say('not-measured') : voice.duration(seconds);
  const objectiveName = of === 'time' ? 'rto' : 'rpo';
  const against =
    objective === null
      ? voice.say(`tests.no-${objectiveName}`)
      : voice.say(`tests.${objectiveName}`, { seconds: objective });
  const word = voice.say(`verdict.${verdict}`);
  return {
    ...{ measured, against, word, tone: `is-${verdict}`, sign: signOf(verdict, 12) },
    bar: barAgainstObjective({
      ...{ verdict, seconds, objectiveSeconds: objective },
      title: voice.say(of === 'time' ? 'chart.time' : 'chart.loss', { name }),
      desc: voice.say('chart.against', { measured, against, verdict: word }),
    }),
  };
}

function verdictOf(seconds: number | null, objective: number | null) {
  if (seconds === null) return 'unmeasured' as const;
  if (objective === null) return 'no-objective' as const;
  return seconds <= objective ? ('within' as const) : ('late' as const);
}

function showsOf({ reached }: Test, outcome: Outcome, voice: Voice): string {
  if (reached && outcome === 'passed') return voice.say(`test-level.${reached}`);
  return voice.say(`tests.shows-nothing.${outcome}`);
}

/** The level's own limits, and what too little distance between test and data would hide. */
function hidesOf({ reached, independence }: Test, outcome: Outcome, voice: Voice): string[] {
  const near = DISTANCES.filter((one) => independence && independence[FIELDS[one]] !== 'yes');
  return [
    ...(reached && outcome === 'passed' ? [voice.say(`test-lacks.${reached}`)] : []),
    ...near.map((one) => voice.word(`independence.${one}-hides`)),
    ...(independence ? [] : [voice.say('certificate.no-independence')]),
  ];
}

function checksTitle(count: number, failed: number, voice: Voice): string {
  return failed === 0
    ? voice.say('certificate.checks', { count })
    : voice.say('certificate.checks-failed', { count, failed });
}

const FIELDS = {
  host: 'otherHost',
  key: 'otherKey',
  account: 'otherAccount',
  implementation: 'otherImplementation',
} as const;

function annexOf({ test, point }: RestoreTestSnapshot, voice: Voice) {
  const failed = test.checks.filter(({ verdict }) => verdict !== 'passed');
  return {
    title: checksTitle(test.checks.length, failed.length, voice),
    levels: levelsOf(test, voice).map((level) => ({
      ...level,
      checks: test.checks.filter((check) => check.level === level.level).length,
    })),
    failed: failed.map(({ level, where, because, verdict }) => ({
      ...{ level, where: where ?? '' },
      sign: signOf(verdict),
      text: because ? voice.finding({ ...because, message: because.code }) : voice.say(`outcome.${verdict}`),
    })),
    planted: test.planted.map(({ kind, level, caught, finding }) => ({
      ...{ level, caught: voice.say(caught ? 'certificate.caught' : 'certificate.missed') },
      sign: signOf(caught ? 'proven' : 'failed'),
      kind: voice.word(`fault.${kind}`),
      said: voice.finding(finding, { remedy: false }),
    })),
    tools: Object.entries(test.tools).map(([tool, version]) => ({ tool, version })),
    prints: [
      { word: voice.say('certificate.head'), text: point.headSha256 },
      { word: voice.say('certificate.manifest'), text: point.manifestSha256 },
      ...point.sealedTo.map((text) => ({ word: voice.say('certificate.sealed-to'), text })),
    ],
  };
}
