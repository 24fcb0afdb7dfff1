/** Document control: which version this is, who approved it, what came before, and who holds a copy. */
import type { PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import { signOf } from '#/server/charts/signs.ts';
import type { Voice } from '../voice.ts';

export function controlView(snapshot: PlanSnapshot, voice: Voice) {
  const { plan, version, approvals, history, distribution } = snapshot;
  return {
    title: controlTitle(snapshot, voice),
    state: voice.word(`state.${version.state}`),
    isInForce: version.state === 'in-force',
    hash: version.sha256 ?? '',
    intact: version.isIntact === null ? '' : voice.say(version.isIntact ? 'plan.intact' : 'plan.altered'),
    isAltered: version.isIntact === false,
    intactSign: signOf(version.isIntact === false ? 'contradicted' : 'proven'),
    changes: version.changeSummary ?? voice.say('plan.no-changes'),
    openQuestions:
      version.openQuestions > 0 ? voice.say('plan.open-questions', { count: version.openQuestions }) : '',
    facts: [
      [voice.say('plan.kind'), voice.say(`plan-kind.${plan.kind}`)],
      [voice.say('plans.owner'), plan.owner ?? voice.say('plans.no-owner')],
      [voice.say('plan.version'), String(version.number)],
      [voice.say('plan.written'), `${version.createdBy}, ${voice.moment(version.createdAt)}`],
      [
        voice.say('plan.in-force'),
        version.inForceAt ? voice.moment(version.inForceAt) : voice.say('plan.not-in-force'),
      ],
      [voice.say('plan.kept-in'), plan.keptIn.join(', ') || voice.say('plan.kept-nowhere')],
    ].map(([word, text]) => ({ word, text })),
    approvals: approvals.map(({ by, role, crisisRole, decision, comment, at }) => ({
      ...{ by, comment: comment ?? '' },
      sign: signOf(decision === 'approved' ? 'proven' : 'contradicted'),
      decision: voice.say(`plan.${decision}`),
      as: crisisRole ?? voice.say(`role.${role}`),
      at: voice.moment(at),
    })),
    history: history.map(({ number: version, state, createdBy, inForceAt }) => ({
      ...{ version, createdBy },
      state: voice.word(`state.${state}`),
      inForce: inForceAt ? voice.moment(inForceAt) : voice.say('none'),
    })),
    distribution: distribution.map(({ name, channel, sentAt, sentBy, read }) => ({
      ...{ name, sentBy },
      channel: voice.word(`distribution.by.${channel}`),
      sent: voice.moment(sentAt),
      read: readBy(read, voice),
      sign: signOf(readSign(read)),
    })),
  };
}

type Read = PlanSnapshot['distribution'][number]['read'];

/** The reader's own word is told apart from what somebody noted for them. */
function readBy(read: Read, voice: Voice): string {
  if (!read) return voice.say('plan.unread');
  return voice.say(read.isSelf ? 'plan.read' : 'plan.read-noted', { readAt: read.at, by: read.by });
}

const readSign = (read: Read) => (read ? (read.isSelf ? 'proven' : 'declared') : 'missing');

function controlTitle({ version, approvals }: PlanSnapshot, voice: Voice): string {
  const approved = approvals.filter(({ decision }) => decision === 'approved');
  if (version.state === 'in-force' && approved.length > 0)
    return voice.say('plan.control.in-force', { number: version.number, by: approved.at(-1)!.by });
  if (version.state === 'superseded' || version.state === 'withdrawn')
    return voice.say('plan.control.over', { number: version.number });
  return voice.say('plan.control.not-yet', { number: version.number });
}
