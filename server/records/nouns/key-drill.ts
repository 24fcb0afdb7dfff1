import {
  answerKeyDrill,
  DrillAnswer,
  DrillResult,
  giveDrillResult,
  mayAnswer,
} from '#/plans/key-drill-answers.ts';
import {
  findKeyDrill,
  findKeyDrillForChange,
  KeyDrill,
  listKeyDrills,
  NewKeyDrill,
} from '#/plans/key-drills.ts';
import { askForKeyDrill } from '../../key-drills.ts';
import { type Notice, noun } from '../noun.ts';
import { drillState } from './key-holder.ts';

export const keyDrill = noun<KeyDrill, NewKeyDrill>({
  name: 'key-drill',
  path: 'key-drills',
  tab: 'protection',
  titleOf: ({ name, fingerprint }) => `${name} · ${fingerprint}`,
  fields: [
    { name: 'holder', kind: 'reference', to: 'keyHolders' },
    { name: 'recoveryPoint', kind: 'reference', to: 'recoveryPoints', optional: true },
    { name: 'answerWithinSeconds', kind: 'duration', once: true },
  ],
  apart: ['answerWithinSeconds'],
  told: [
    drillState,
    { name: 'answerUntil', kind: 'moment' },
    { name: 'askedBy', kind: 'line' },
    { name: 'askedAt', kind: 'moment' },
    { name: 'openedAt', kind: 'moment' },
    { name: 'openedBy', kind: 'line' },
    { name: 'isByHolder', kind: 'tick' },
    { name: 'wrongAnswers', kind: 'number' },
  ],
  columns: ['state', 'askedAt', 'answerUntil', 'openedAt', 'openedBy'],
  item: KeyDrill,
  input: NewKeyDrill,
  list: listKeyDrills,
  find: findKeyDrill,
  findForChange: findKeyDrillForChange,
  add: askForKeyDrill,
  right: 'key-drill.request',
  start: async () => ({ answerWithinSeconds: 7 * 86_400 }) as object,
  figures: async (_work, drill) => [
    ...(drill.state === 'open' ? [{ partial: 'partials/key-drill-sealed', data: drill }] : []),
    ...(drill.seconds === null ? [] : [{ partial: 'partials/key-drill-told', data: drill }]),
  ],
  notices: async (_work, drill) => noticesOf(drill),
  actions: [
    {
      name: 'answer',
      fields: [{ name: 'answer', kind: 'line', max: 60 }],
      input: DrillAnswer,
      right: 'key-drill.answer',
      isOffered: (drill, work) => drill.state === 'open' && !drill.recoveryPoint && mayAnswer(work, drill),
      run: answerKeyDrill,
      isAwaited: true,
    },
    {
      name: 'result',
      fields: [{ name: 'result', kind: 'text', max: 8000, rows: 8 }],
      input: DrillResult,
      right: 'key-drill.answer',
      isOffered: (drill, work) =>
        drill.state === 'open' && drill.recoveryPoint !== null && mayAnswer(work, drill),
      run: giveDrillResult,
      isAwaited: true,
    },
  ],
});

const noticesOf = ({ state, wrongAnswers, finding }: KeyDrill): Notice[] => [
  ...(finding
    ? [
        {
          kind: state === 'failed' ? ('danger' as const) : ('warning' as const),
          reason: { key: `finding.${finding.code}`, params: finding.params },
        },
      ]
    : []),
  ...(state === 'open' && wrongAnswers > 0
    ? [{ kind: 'warning' as const, reason: { key: 'key-drill.wrong', params: { count: wrongAnswers } } }]
    : []),
  ...(state === 'expired'
    ? [{ kind: 'warning' as const, reason: { key: 'key-drill.ran-out', params: {} } }]
    : []),
];
