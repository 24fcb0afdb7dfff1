import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { findClient } from '#/plans/clients.ts';
import { invalid } from '#/plans/errors.ts';
import { findExpiry, requestExpiry } from '#/plans/retention/expiries.ts';
import {
  findRetention,
  findRetentionForChange,
  listRetentions,
  setRetention,
} from '#/plans/retention/retentions.ts';
import { RetentionRules } from '#/plans/retention/rules.ts';
import { type Simulation, simulate } from '#/plans/retention/simulations.ts';
import { rulesOfSet, STARTING_SETS, type StartingSet } from '#/plans/retention/starting-sets.ts';
import { Checkbox, OptionalDays, OptionalText } from '#/plans/text.ts';
import type { Work } from '#/plans/work.ts';
import { etagOf, page, type Typed } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import type { RetentionView } from '../views/retention.ts';
import { type Form, form } from '../views.ts';

const RULES = ['last', 'withinDays', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
const POINTS_SHOWN = 200;

const Count = z.preprocess(
  (typed) => (typed === '' || typed === undefined ? 0 : Number(typed)),
  z.int().min(0).max(36_500),
);
const Typing = z.object({
  ...Object.fromEntries(RULES.map((rule) => [rule, Count])),
  keepsAll: Checkbox,
  needsSecondPerson: Checkbox,
  damageNoticedDays: OptionalDays,
  reason: OptionalText(2000).default(null),
});

const Asked = Typing.extend({
  set: z.enum(Object.keys(STARTING_SETS) as [StartingSet, ...StartingSet[]]).optional(),
  simulate: z.literal('yes').optional(),
});

/** How long the points of a policy are kept, with what that does shown before it is saved. */
export const retentionPages = [
  page({
    method: 'get',
    path: '/backup-policies/:id/retention',
    summary: 'How long points are kept, and what other rules would do',
    params: One,
    query: Asked,
    run: async ({ work, params: { id }, query }) => ({
      show: 'protection/retention',
      data: await show(work, id, { tried: triedIn(query) }),
    }),
  }),
  page({
    method: 'post',
    path: '/backup-policies/:id/retention',
    summary: 'Set how long points are kept',
    params: One,
    body: Typing,
    current: ({ work, params: { id } }) => findRetentionForChange(work, id),
    run: async ({ work, params: { id }, body }) => {
      const { needsSecondPerson, damageNoticedDays, reason } = body;
      const rules = rulesFrom(body);
      const { asked } = await setRetention(work, id, { rules, needsSecondPerson, damageNoticedDays, reason });
      return { goTo: asked ? `/removal-requests/${asked.id}` : `/backup-policies/${id}/retention` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'protection/retention',
      data: await show(work, id, { refused: form(typed, problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/backup-policies/:id/expiries',
    summary: 'Let points go now that may',
    params: One,
    run: async ({ work, params: { id } }) => ({
      goTo: `/backup-policies/${(await requestExpiry(work, id)).policy}/retention`,
    }),
  }),
];

/** What the form would save, were it sent. */
interface Tried {
  rules: RetentionRules | null;
  typed: Typed;
}

function triedIn({ set, simulate: isAsked, ...asked }: z.infer<typeof Asked>): Tried | null {
  if (set) return { rules: rulesOfSet(set), typed: typedOf(rulesOfSet(set)) };
  if (!isAsked) return null;
  const rules = rulesFrom(asked);
  return { rules, typed: { ...typedOf(rules), ...othersOf(asked), reason: asked.reason ?? '' } };
}

async function show(
  work: Work,
  id: string,
  { tried = null, refused }: { tried?: Tried | null; refused?: Form },
): Promise<RetentionView> {
  const retention = await findRetention(work, id);
  const rules = tried ? tried.rules : retention.rules;
  const simulation = await simulate(work, id, { rules });
  const typed = tried?.typed ?? typedOf(retention.rules);
  const others = tried && 'reason' in tried.typed ? {} : othersOf(retention);
  return {
    client: await findClient(work, retention.client),
    retention,
    version: etagOf(retention),
    history: await listRetentions(work, id),
    expiry: await findExpiry(work, id),
    isTried: tried !== null,
    rules: RULES.map((name) => ({ name, count: rules?.[name] ?? 0 })),
    keepsAll: rules === null,
    sets: Object.keys(STARTING_SETS) as StartingSet[],
    simulation: { ...simulation, points: simulation.points.slice(0, POINTS_SHOWN) },
    isCut: simulation.points.length > POINTS_SHOWN,
    forecast: everyQuarter(simulation.forecast),
    mayChange: may(work, 'protection.change'),
    form: refused ?? form({ ...others, ...typed }),
  };
}

const everyQuarter = (months: Simulation['forecast']) =>
  months?.filter((_, index) => index % 3 === 2) ?? null;

function rulesFrom(typed: z.infer<typeof Typing>): RetentionRules | null {
  if (typed.keepsAll) return null;
  const rules = RetentionRules.safeParse(typed);
  if (!rules.success) throw invalid('last', 'retention.keeps-nothing');
  return rules.data;
}

const typedOf = (rules: RetentionRules | null): Typed => ({
  ...Object.fromEntries(RULES.map((rule) => [rule, String(rules?.[rule] ?? 0)])),
  ...(rules === null && { keepsAll: 'on' }),
});

const othersOf = (retention: { needsSecondPerson: boolean; damageNoticedDays: number | null }): Typed => ({
  ...(retention.needsSecondPerson && { needsSecondPerson: 'on' }),
  damageNoticedDays: String(retention.damageNoticedDays ?? ''),
});
