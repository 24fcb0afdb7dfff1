/** The provider's own report: where all clients stand beside each other, what comes first, and who fails together. */
import type { PortfolioSnapshot } from '#/plans/reports/portfolio/snapshot.ts';
import { signOf } from '#/server/charts/signs.ts';
import { chapter, frameOf } from '../view/frame.ts';
import { lineView, overviewView, trendView } from '../view/portfolio/lines.ts';
import { sharedView } from '../view/portfolio/shared.ts';
import { cleaned } from '../view/user-text.ts';
import type { Voice } from '../view/voice.ts';

const DEFINITIONS = ['rto', 'effective', 'proven', 'declared', 'contradiction', 'fingerprint'];
const LIMITS = ['portfolio-recorded', 'portfolio-weakest', 'portfolio-together', 'no-opinion'];

export function portfolioView(given: PortfolioSnapshot, voice: Voice) {
  const snapshot = cleaned(given);
  const { lines, unknown, first, recurring, frameworks, madeAt, provider } = snapshot;
  return {
    ...frameOf(given, voice, {
      owner: provider.name,
      chapters: [
        chapter(voice, 'portfolio-overview', '1'),
        chapter(voice, 'portfolio-first', '2'),
        chapter(voice, 'portfolio-clients', '3'),
        chapter(voice, 'portfolio-together', '4'),
        chapter(voice, 'portfolio-frameworks', '5'),
        chapter(voice, 'closing', 'A'),
      ],
      definitions: DEFINITIONS,
      limits: LIMITS,
    }),
    scope: voice.say('portfolio.scope', { count: lines.length, madeAt }),
    overview: overviewView(snapshot, voice),
    trend: trendView(snapshot.trend, voice),
    first: {
      title: voice.say('portfolio.first.title', { count: first.length }),
      rows: first.map(({ client, level, object, severity, reason, remedy, since, others }) => ({
        client,
        level: `R${level}`,
        object,
        sign: signOf(severity === 'contradiction' ? 'contradicted' : 'missing'),
        severity: voice.say(`portfolio.severity.${severity}`),
        reason: voice.reason(reason),
        remedy: voice.reason(remedy),
        since: voice.say('portfolio.first.since', { sinceAt: since }),
        others: others > 0 ? voice.say('portfolio.first.others', { count: others }) : '',
      })),
    },
    recurring: recurring.map(({ rule, clients, findings, contradictions }) => ({
      rule: voice.word(`rule.${rule}`),
      ...{ clients, findings, contradictions },
    })),
    clients: {
      title: voice.say('portfolio.clients.title', { count: lines.length }),
      rows: lines.map((line) => lineView(line, madeAt, voice)),
      unknown: unknown.length > 0 ? voice.say('portfolio.unknown', { names: unknown.join(', ') }) : '',
    },
    together: sharedView(snapshot, voice),
    frameworks: {
      title: frameworksTitle(frameworks, voice),
      rows: frameworks.map(
        ({ name, clients, contradictedClients, contradictions, leastProven, mostProven }) => ({
          ...{ name, clients, contradictions },
          contradicted: voice.say('portfolio.of-clients', { count: contradictedClients, total: clients }),
          tone: contradictedClients > 0 ? 'is-contradicted' : '',
          least: voice.percent(leastProven),
          most: voice.percent(mostProven),
        }),
      ),
    },
  };
}

function frameworksTitle(frameworks: PortfolioSnapshot['frameworks'], voice: Voice): string {
  const contradicted = frameworks.filter(({ contradictions }) => contradictions > 0).length;
  if (contradicted === 0) return voice.say('portfolio.frameworks.title.none', { total: frameworks.length });
  return voice.say('portfolio.frameworks.title.some', { count: contradicted, total: frameworks.length });
}
