/** The service's own continuity: its last backups and proofs, and what brings it back. */
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { OwnStanding, ownStanding } from '../own-backup/standing.ts';
import type { Settings } from '../settings.ts';
import type { OwnContinuityView } from '../views/own-continuity.ts';

type Asked = Pick<Services, 'settings'>;

export const ownContinuityApi = ({ settings }: Asked) => [
  api({
    method: 'get',
    path: '/own-continuity',
    summary: 'How this installation backs itself up, and when that was last proved',
    output: OwnStanding,
    run: ({ work }) => ownStanding(work, settings),
  }),
];

export const ownContinuityPages = ({ settings }: Asked) => [
  page({
    method: 'get',
    path: '/own-continuity',
    summary: 'The service’s own continuity',
    run: async ({ work }) => ({ show: 'own-continuity', data: await view(work, settings) }),
  }),
];

async function view(work: Work, settings: Settings): Promise<OwnContinuityView> {
  const standing = await ownStanding(work, settings);
  return {
    ...standing,
    isRed: ['none', 'stale', 'unproved'].includes(standing.state),
    runs: standing.runs.map((run) => ({
      ...run,
      seconds: run.endedAt === null ? null : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000,
    })),
  };
}
