/** A plan as a document: what to do in the first hour, who leads, who is called, what is done in which order, and why. */
import type { PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import { type Chapter, chapter, frameOf } from '../view/frame.ts';
import { biaView } from '../view/plan/activities.ts';
import { controlView } from '../view/plan/control.ts';
import { callsView, directoryView, firstCalls, rolesView } from '../view/plan/people.ts';
import { restartView } from '../view/plan/restart.ts';
import { runbookView } from '../view/plan/runbook.ts';
import { scenariosView } from '../view/plan/scenarios.ts';
import { sectionView } from '../view/plan/text.ts';
import { cleaned, cleanedLines } from '../view/user-text.ts';
import type { Voice } from '../view/voice.ts';

const DEFINITIONS = ['mtpd', 'rto', 'rpo', 'effective', 'fingerprint'];
const LIMITS = ['plan-now', 'plan-times', 'recorded'];
const FIRST_CALLS = 6;
const FIRST_STEPS = 7;

export function planView(given: PlanSnapshot, voice: Voice) {
  const snapshot = cleaned(given);
  const { client, plan, version, madeAt } = snapshot;
  const sections = snapshot.sections.map((section, index) => ({
    ...section,
    body: cleanedLines(given.sections[index]!.body),
  }));
  const control = controlView(snapshot, voice);
  const [calls, runbook] = [callsView(snapshot, voice), runbookView(snapshot, voice)];
  const numbered = numberedChapters(snapshot, voice);
  const place = new Map(numbered.map(({ id, number }) => [id, number]));
  return {
    ...frameOf(given, voice, {
      owner: client.name,
      name: `${plan.title} · v${version.number}`,
      kicker: voice.say(`plan-kind.${plan.kind}`),
      title: plan.title,
      chapters: numbered,
      facts: [
        { word: voice.say('plan.version'), text: `${version.number} · ${control.state}` },
        {
          word: voice.say('plan.in-force'),
          text: version.inForceAt ? voice.moment(version.inForceAt) : voice.say('plan.not-in-force'),
        },
      ],
      definitions: DEFINITIONS,
      limits: LIMITS,
    }),
    place: Object.fromEntries(place),
    scope: voice.say('plan.scope', { title: plan.title, number: version.number, madeAt }),
    control,
    first: {
      thresholds: sections
        .flatMap(({ payload }) => payload.thresholds ?? [])
        .map(({ sign, limit, decidedBy }) => ({
          what: sign,
          limit,
          decidedBy: decidedBy ?? voice.say('none'),
        })),
      calls: firstCalls(snapshot, voice).slice(0, FIRST_CALLS),
      steps: runbook.steps.slice(0, FIRST_STEPS),
    },
    roles: rolesView(snapshot, voice),
    calls,
    runbook,
    restart: restartView(snapshot, voice),
    sections: sections.map((section, index) => ({
      ...sectionView(section, Number(place.get(`section-${section.kind}`)), voice),
      isFirst: index === 0,
    })),
    bia: biaView(snapshot, voice),
    scenarios: scenariosView(snapshot, voice),
    directory: directoryView(snapshot, voice),
    forms: ['log', 'calls', 'damage', 'end'].map((form) => formView(form, voice)),
  };
}

/** What is acted on comes first, what explains it after; annexes have letters. */
function numberedChapters({ sections }: PlanSnapshot, voice: Voice): Chapter[] {
  const named = (id: string) => chapter(voice, id, '');
  const inOrder = [
    ...['first-hour', 'roles', 'calls', 'runbook', 'restart'].map(named),
    ...sections.map(({ kind, title }) => ({ id: `section-${kind}`, number: '', name: title, note: '' })),
    ...['bia', 'scenarios'].map(named),
  ];
  return [
    { ...named('control'), number: '0' },
    ...inOrder.map((one, index) => ({ ...one, number: String(index + 1) })),
    { ...named('directory'), number: 'A' },
    { ...named('forms'), number: 'B' },
    { ...named('closing'), number: 'C' },
  ];
}

/** Empty lines to write on, where no system is left. */
const formView = (form: string, voice: Voice) => ({
  title: voice.say(`plan.form.${form}`),
  lead: voice.say(`plan.form.${form}.lead`),
  columns: [1, 2, 3, 4].map((column) => voice.say(`plan.form.${form}.${column}`)),
  rows: Array.from({ length: 14 }, () => ({})),
});
