/** Runbooks, the crisis directory, and who has read what. */
import type { PlanFacts } from '../../facts.ts';
import { byName } from '../../readiness/graph.ts';
import { isOlderThan } from '../../readiness/restore-proof.ts';
import { atMost, combine, type Finding, finding } from '../finding.ts';
import type { Predicate } from '../held.ts';
import { because } from '../reasons.ts';
import { overPlans, planFinding } from './plans.ts';

/** A directory that nobody checked for so long may be wrong (ANSSI's self-assessment of crisis management, 4.1). */
const CONTACT_CHECKED_DAYS = 365;

/** RBK: recovery plans in force have steps, each with an owner, a duration and a test of success. */
export const runbooks: Predicate = (held, maxAgeDays) =>
  overPlans(
    held,
    (plan) => atMostPlan(stepsOf(plan), planFinding(plan, held, maxAgeDays)),
    ({ kind }) => kind === 'drp' || kind === 'it-recovery',
  );

/** CTC: each crisis role has a holder and a deputy who can be reached. It is what people say, so never more than declared. */
export const directory: Predicate = ({ survey, now }) => {
  const { crisisRoles, contacts } = survey.facts;
  if (crisisRoles.length === 0) return finding('missing', [because('coverage.no-crisis-role', {})]);
  const known = new Map(contacts.filter(({ hasLeft }) => !hasLeft).map((contact) => [contact.id, contact]));
  return combine(
    byName(crisisRoles).map(({ name: role, holders }) => {
      const present = holders.filter(({ contact }) => known.has(contact));
      if (!present.some(({ rank }) => rank === 0))
        return finding('missing', [because('coverage.role-without-holder', { role })]);
      if (!present.some(({ rank }) => rank > 0))
        return finding('missing', [because('coverage.role-without-deputy', { role })]);
      const unchecked = present
        .map(({ contact }) => known.get(contact)!)
        .filter(({ points }) => !points.some(({ verifiedAt }) => isFresh(verifiedAt, now)));
      return unchecked.length > 0
        ? finding(
            'missing',
            unchecked.map(({ name }) => because('coverage.contact-unverified', { contact: name })),
          )
        : finding('declared', [because('coverage.directory-said', {})]);
    }),
  );
};

/** ACK: every holder of a crisis role has read each crisis and recovery plan in force; noted by others it is declared. */
export const readings: Predicate = (held, maxAgeDays) => {
  const { plans, crisisRoles, contacts } = held.survey.facts;
  const holders = new Set(crisisRoles.flatMap(({ holders: own }) => own.map(({ contact }) => contact)));
  if (holders.size === 0) return finding('missing', [because('coverage.no-crisis-role', {})]);
  const named = byName(contacts.filter(({ id }) => holders.has(id)));
  const inForce = plans.filter((plan) => plan.inForce);
  if (inForce.length === 0) return finding('missing', [because('coverage.no-record', { code: 'ACK' })]);
  return combine(
    inForce.flatMap((plan) =>
      named.map((contact) => atMostPlan(readingOf(plan, contact), planFinding(plan, held, maxAgeDays))),
    ),
  );
};

const atMostPlan = (found: Finding, plan: Finding): Finding =>
  atMost(found, plan.state, plan.reasons, plan.evidence);

function readingOf(plan: PlanFacts, contact: { id: string; name: string }): Finding {
  const told = { contact: contact.name, plan: plan.title };
  const read = plan.inForce!.distributions.filter((one) => one.contact === contact.id && one.readAt !== null);
  if (read.some(({ isReadBySelf }) => isReadBySelf)) return finding('proven');
  if (read.length > 0) return finding('declared', [because('coverage.reading-said', told)]);
  return finding('missing', [because('coverage.holder-not-read', told)]);
}

function stepsOf({ title, inForce }: PlanFacts): Finding {
  const steps = inForce?.steps ?? [];
  if (steps.length === 0) return finding('missing', [because('coverage.no-runbook', { plan: title })]);
  const incomplete = steps.filter(
    ({ hasOwner, p50Seconds, hasSuccessTest }) => !hasOwner || p50Seconds === null || !hasSuccessTest,
  );
  return incomplete.length === 0
    ? finding('proven')
    : finding(
        'partial',
        incomplete.map(({ action }) => because('coverage.step-incomplete', { plan: title, step: action })),
      );
}

const isFresh = (at: string | null, now: string) =>
  at !== null && !isOlderThan(at, now, CONTACT_CHECKED_DAYS);
