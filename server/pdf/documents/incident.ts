/** The incident report: what happened, how long each part took, what it hit against what may be borne, who was told, what was learned. */
import type { IncidentSnapshot } from '#/plans/reports/incident/snapshot.ts';
import { signOf } from '#/server/charts/signs.ts';
import { type TimelineMoment, timeline } from '#/server/charts/timeline.ts';
import { aftermathView } from '../view/after-action/aftermath.ts';
import { chapter, frameOf } from '../view/frame.ts';
import { cleaned } from '../view/user-text.ts';
import type { Voice } from '../view/voice.ts';

const MOMENTS = ['occurred', 'detected', 'declared', 'contained', 'restored'] as const;
const TONES: Record<(typeof MOMENTS)[number], TimelineMoment['tone']> = {
  ...{ occurred: 'harm', detected: 'step', declared: 'step', contained: 'step', restored: 'over' },
};
const LIMITS = ['recorded', 'incident-times', 'no-opinion'];

export function incidentView(given: IncidentSnapshot, voice: Voice) {
  const snapshot = cleaned(given);
  const { client, incident, assets, aftermath } = snapshot;
  const moments = momentsOf(snapshot, voice);
  return {
    ...frameOf(given, voice, {
      owner: client.name,
      title: incident.title,
      chapters: [
        chapter(voice, 'what-happened', '1'),
        chapter(voice, 'response', '2'),
        chapter(voice, 'learned', '3'),
        chapter(voice, 'log', 'A'),
        chapter(voice, 'closing', 'B'),
      ],
      facts: [
        { word: voice.say('incident.class'), text: voice.word(`incident-class.${incident.class}`) },
        { word: voice.say('incident.severity'), text: voice.word(`incident-severity.${incident.severity}`) },
      ],
      definitions: ['rto', 'rpo', 'mtpd'],
      limits: LIMITS,
    }),
    scope: voice.say('incident.scope', { title: incident.title, detectedAt: incident.detectedAt }),
    title: titleOf(snapshot, voice),
    state: incident.closedAt
      ? voice.say('incident.closed', { closedAt: incident.closedAt })
      : voice.say('incident.open'),
    unrestored: incident.unrestoredReason ?? '',
    description: incident.description ?? voice.say('incident.no-description'),
    scenario: incident.scenario ?? voice.say('incident.no-scenario'),
    loss:
      incident.dataLossSeconds === null
        ? voice.say('not-measured')
        : voice.duration(incident.dataLossSeconds),
    moments,
    picture: pictureOf(snapshot, moments, voice),
    activities: activitiesOf(snapshot, voice),
    assets: assets.join(', ') || voice.say('none'),
    duties: dutiesOf(snapshot, voice),
    isReportable: incident.isReportable,
    aftermath: aftermathView(aftermath, voice),
  };
}

const atOf = ({ incident }: IncidentSnapshot, moment: (typeof MOMENTS)[number]): string | null =>
  incident[`${moment}At`];
const secondsBetween = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

/** From when it began, as far as anybody knows. */
const startOf = ({ incident }: IncidentSnapshot): string => incident.occurredAt ?? incident.detectedAt;

function titleOf(snapshot: IncidentSnapshot, voice: Voice): string {
  const { restoredAt } = snapshot.incident;
  if (!restoredAt) return voice.say('incident.title.not-restored');
  return voice.say('incident.title.restored', { seconds: secondsBetween(startOf(snapshot), restoredAt) });
}

function momentsOf(snapshot: IncidentSnapshot, voice: Voice) {
  let before: string | null = null;
  return MOMENTS.map((moment) => {
    const at = atOf(snapshot, moment);
    const after = at && before ? voice.say('incident.after', { seconds: secondsBetween(before, at) }) : '';
    before = at ?? before;
    return {
      ...{ moment, at, after },
      name: voice.say(`incident.${moment}`),
      told: at ? voice.moment(at) : voice.say('incident.not-recorded'),
    };
  });
}

function pictureOf(snapshot: IncidentSnapshot, moments: ReturnType<typeof momentsOf>, voice: Voice): string {
  const known = moments.flatMap(({ moment, at, name }) => (at ? [{ at, name, tone: TONES[moment] }] : []));
  if (known.length < 2) return '';
  return timeline({
    moments: known,
    title: voice.say('incident.picture', { title: snapshot.incident.title }),
    desc: moments.map(({ name, told }) => `${name} ${told}`).join(', '),
  });
}

/** How long each stood still, at most, against what may be borne: nobody wrote down when each came back. */
function activitiesOf(snapshot: IncidentSnapshot, voice: Voice) {
  const { restoredAt, dataLossSeconds } = snapshot.incident;
  const stood = restoredAt ? secondsBetween(startOf(snapshot), restoredAt) : null;
  const against = (measured: number | null, objective: number | null) => ({
    objective: objective === null ? voice.say('not-set') : voice.duration(objective),
    sign: signOf(verdictOf(measured, objective)),
    tone: `is-${verdictOf(measured, objective)}`,
    word: voice.say(`verdict.${verdictOf(measured, objective)}`),
  });
  return snapshot.activities.map(({ name, rtoSeconds, rpoSeconds }) => ({
    name,
    stood: stood === null ? voice.say('not-measured') : voice.duration(stood),
    rto: against(stood, rtoSeconds),
    rpo: against(dataLossSeconds, rpoSeconds),
  }));
}

/** The times are those that people noted. */
function verdictOf(measured: number | null, objective: number | null) {
  if (measured === null) return 'unmeasured' as const;
  if (objective === null) return 'no-objective' as const;
  return measured <= objective ? ('declared' as const) : ('declared-late' as const);
}

function dutiesOf({ incident, madeAt }: IncidentSnapshot, voice: Voice) {
  return incident.reports.map(({ to, dueAt, doneAt }) => {
    const isLate = Date.parse(doneAt ?? madeAt) > Date.parse(dueAt);
    return {
      to,
      due: voice.moment(dueAt),
      done: doneAt
        ? voice.moment(doneAt)
        : voice.say(isLate ? 'incident.not-told-late' : 'incident.not-told'),
      sign: signOf(isLate ? 'late' : doneAt ? 'declared' : 'missing'),
      tone: isLate ? 'is-late' : '',
    };
  });
}
