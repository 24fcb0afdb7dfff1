/** Whose RTO falls when clients that share something fail on the same day. */
import type { PortfolioSnapshot, SharedLoss } from '#/plans/reports/portfolio/snapshot.ts';
import type { Voice } from '../voice.ts';

export function sharedView({ shared, sharedTotal }: PortfolioSnapshot, voice: Voice) {
  return {
    title: titleOf(shared, sharedTotal, voice),
    things: shared.map((one) => thingView(one, voice)),
    more:
      sharedTotal > shared.length
        ? voice.say('portfolio.together.more', { count: sharedTotal - shared.length })
        : '',
  };
}

function titleOf(shared: SharedLoss[], total: number, voice: Voice): string {
  if (total === 0) return voice.say('portfolio.together.title.nothing');
  const earliest = Math.min(...shared.flatMap(({ lostFrom }) => lostFrom ?? []));
  if (!Number.isFinite(earliest)) return voice.say('portfolio.together.title.kept');
  return voice.say('portfolio.together.title.lost', { count: earliest });
}

function thingView({ shared, considered, lostFrom, losses, ...counts }: SharedLoss, voice: Voice) {
  const { lossCount, lateAloneCount, untimedActivities } = counts;
  return {
    kind: voice.word(`shared-kind.${shared.kind}`),
    name: shared.name,
    clients: voice.say('portfolio.together.clients', { count: shared.clients }),
    verdict:
      lostFrom === null
        ? voice.word('contention.never-lost', { count: considered })
        : voice.word('contention.lost-from', { count: lostFrom }),
    tone: lostFrom === null ? '' : 'is-late',
    notes: [
      ...(shared.isByName ? [voice.word('contention.by-name')] : []),
      ...(considered < shared.clients
        ? [voice.word('contention.not-all', { count: considered, all: shared.clients })]
        : []),
      ...(lateAloneCount > 0 ? [voice.say('portfolio.together.late-alone', { count: lateAloneCount })] : []),
      ...(untimedActivities > 0 ? [voice.word('contention.untimed', { count: untimedActivities })] : []),
    ],
    losses: losses.map((loss) => ({
      from: loss.lostFrom,
      client: loss.client.name,
      activity: loss.activity.name,
      alone: voice.duration(loss.aloneSeconds),
      together: voice.duration(loss.togetherSeconds),
      rto: voice.duration(loss.rtoSeconds),
      basis: voice.word(loss.isDeclared ? 'contention.declared' : 'contention.measured'),
      tone: loss.isDeclared ? 'is-declared' : '',
    })),
    more:
      lossCount > losses.length
        ? voice.say('portfolio.together.more-losses', { count: lossCount - losses.length })
        : '',
  };
}
