/** Examples of the page of findings. */
import type { FindingsView, FoundThing } from '#/server/views/findings.ts';
import { at, client } from './examples.ts';

const reason = { key: 'readiness.no-rto', params: { activity: 'Paie' } };
const found: FoundThing = {
  id: '00000000-0000-4000-8000-000000000001',
  rule: 'objectives',
  object: { kind: 'activity', id: '00000000-0000-4000-8000-000000000003', name: 'Paie' },
  severity: 'contradiction',
  reason,
  remedy: { key: 'report.action.readiness.no-rto', params: reason.params },
  since: at,
  endedAt: null,
  href: '/activities/00000000-0000-4000-8000-000000000003',
  mendHref: '/activities/00000000-0000-4000-8000-000000000003/edit',
};
const gain = {
  activity: found.object.id,
  name: 'Paie',
  href: found.href!,
  beforeSeconds: 36_000,
  gainedSeconds: { least: 3600, most: 7200 },
  isInTimeThen: true,
};

export const findings: FindingsView = {
  client,
  fixes: [
    {
      kind: 'technician',
      name: '',
      of: null,
      href: `/clients/${client.id}/settings`,
      change: { key: 'rules.fix-technician', params: { technicians: 3 } },
      gains: [gain, { ...gain, beforeSeconds: null, gainedSeconds: null, isInTimeThen: false }],
      closes: [reason],
      cost: { once: 1200, yearly: 300 },
    },
  ],
  moreFixes: 4,
  groups: [
    { severity: 'contradiction', found: [found] },
    { severity: 'warning', found: [{ ...found, severity: 'warning', href: null, mendHref: null }] },
  ],
  ended: [{ ...found, endedAt: at }],
  mayMend: true,
};
export const noFindings: FindingsView = { ...findings, fixes: [], moreFixes: 0, groups: [], ended: [] };
