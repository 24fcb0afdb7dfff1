/** Every page with its examples, and what must be read on it: a word from each branch. */
import { STYLEGUIDE } from '#/server/routes/styleguide.ts';
import * as examples from './examples.ts';

export interface Example {
  template: string;
  name: string;
  data: object;
  /** Keys of words, or `=` and the text itself. */
  reads: string[];
}

export const PAGES: Example[] = [
  page('sign-in', 'sign-in', { ...examples.signIn, title: 'Reprise', viewer: null }, [
    'sign-in.submit',
    '=This name is taken.',
    '=claire@valmont.example',
  ]),
  page('error', 'error', { ...examples.error, title: 'Reprise' }, ['do.back', '=This name is taken.']),
  page('portfolio', 'portfolio', examples.portfolio, [
    'readiness.no-team',
    'ladder.4',
    'portfolio.complete',
    'portfolio.never',
    'portfolio.no-trouble',
    'count.failed.one',
    'do.more',
    'do.clear',
    'portfolio.add',
    'ui.refused',
    '=value="Valmont"',
    '=href="#client-name"',
    '=aria-invalid',
  ]),
  page('portfolio-empty', 'portfolio', examples.emptyPortfolio, ['portfolio.empty-text']),
  page('portfolio-no-match', 'portfolio', { ...examples.emptyPortfolio, search: 'zzz' }, [
    'do.clear',
    '=zzz',
  ]),
  page('created', 'clients/created', examples.created, [
    'created.step-print',
    '=AGE-SECRET-KEY-1QYQSZQ',
    '=age1zvkyg2',
  ]),
  page('overview', 'clients/overview', examples.overview, [
    'overview.next-step',
    'overview.in-time',
    'overview.latest-test',
    'overview.path',
    'state.unmeasured',
    '=Hyperviseur',
    'overview.at-least',
    'ui.notSet',
    'state.late',
    'state.within',
    'state.no-objective',
    'state.waived',
    'state.declared',
    'overview.unchecked',
    'state.failed',
    'plans.none-in-force',
    'overview.report-text',
  ]),
  page('overview-empty', 'clients/overview', examples.emptyOverview, [
    'overview.no-contradictions',
    'overview.no-activities',
    'overview.no-frameworks',
    'overview.no-tests',
    'plans.empty',
  ]),
  page('inventory', 'clients/inventory', examples.inventory, [
    'inventory.approve',
    'inventory.not-approved',
    'asset-kind.data-set',
    'dependency-kind.hard',
    'inventory.label-hint',
    '=40 commandes par heure',
    '=<details open>',
    '=value="activity:00000000-0000-4000-8000-000000000003" selected',
  ]),
  page('inventory-empty', 'clients/inventory', examples.emptyInventory, [
    'inventory.no-activities',
    'inventory.no-assets',
    'inventory.no-dependencies',
  ]),
  page('plans', 'plans/list', examples.planList, [
    'plan-kind.drp',
    'state.in-review',
    'plans.none-in-force',
    'plans.add',
    'plans.covers',
  ]),
  page('plans-empty', 'plans/list', { ...examples.planList, plans: [], activities: [], mayAdd: false }, [
    'plans.empty',
  ]),
  page('plan', 'plans/show', examples.planShow, [
    'plan.submit-text',
    'plan.approve',
    'plan.section-empty',
    'state.approved',
    'state.refused',
    'role.client-approver',
    '=<p>Le siège et l’entrepôt.</p>',
    '=Lu en comité',
    '=>Not yet</textarea>',
    'plan.versions',
  ]),
  page('plan-no-text', 'plans/show', examples.planWithoutText, ['plan.no-version', 'plans.covers-none']),
  page(
    'plan-not-decided',
    'plans/show',
    { ...examples.planShow, version: { ...examples.planShow.version, approvals: [] } },
    ['plan.no-approvals'],
  ),
  page('plan-edit', 'plans/edit', examples.planEdit, [
    'section.recovery-order',
    'section-hint.return',
    '=>Le siège.</textarea>',
    '=value="Annuaire"',
  ]),
  page('protection', 'protection/overview', examples.protection, [
    'state.paused',
    'state.running',
    'phase.pack',
    'cause.due',
    'finding.store.full',
    'count.reservations.other',
    'protection.never-tested',
    'protection.offsite',
    'protection.onsite',
    'protection.back-up',
    'protection.add-policy',
    'ui.refused',
    '=/var/stores',
    '=hx-trigger="every 2s"',
  ]),
  page('protection-empty', 'protection/overview', examples.emptyProtection, [
    'protection.no-policies',
    'protection.no-runs',
    'protection.no-points',
    'protection.no-stores',
  ]),
  page('run-row', 'partials/run-row', examples.runRow, ['phase.pack', '=Base ERP']),
  page('point', 'protection/point', examples.pointShow, [
    'point.head',
    'level-hides.L4',
    'reservation.torn',
    'finding.capture.grew',
    'point.test',
    '=value="L3" required checked',
    'state.passed',
  ]),
  page('point-untested', 'protection/point', examples.untestedPoint, [
    'point.no-tests',
    'point.no-reservations',
  ]),
  page('tests', 'restore-tests/list', examples.testList, ['state.failed', 'state.inconclusive', 'do.more']),
  page('tests-empty', 'restore-tests/list', { ...examples.testList, tests: [] }, ['tests.empty']),
  page('test-passed', 'restore-tests/show', examples.testShow, [
    'level-hides.L2b',
    'state.caught',
    'test.evidence-text',
    '=pg_restore 18.4',
    '=/recovery-points/',
  ]),
  page('test-failed', 'restore-tests/show', examples.failedTestShow, [
    'test.failed-checks',
    '=var/erp/journal.log',
    'state.missed',
    'test.missed-fault',
    'test.evidence-text',
    'finding.tree.content',
  ]),
  page('test-inconclusive', 'restore-tests/show', examples.inconclusiveTestShow, [
    'test.no-evidence',
    'finding.store.unreachable',
  ]),
  page('test-running', 'restore-tests/show', examples.runningTestShow, [
    'phase.restore',
    'do.reload',
    'state.waiting',
    '=http-equiv="refresh"',
    '=hx-trigger="every 2s"',
  ]),
  page('test-readable', 'restore-tests/show', examples.readableTestShow, ['test.no-faults']),
  page('test-progress', 'partials/test-progress', examples.runningTestShow, ['phase.restore']),
  page('reports', 'reports/list', examples.reportList, [
    'reports.download',
    'state.ready',
    'state.running',
    'finding.report.not-drawn',
    '=reprise report verify',
    'overview.report-text',
  ]),
  page('reports-empty', 'reports/list', { ...examples.reportList, reports: [], mayMakeReport: false }, [
    'reports.empty',
  ]),
  page('audit', 'audit/list', examples.auditList, ['audit.all', 'do.more', '=plan-version.approved']),
  page('audit-unchecked', 'audit/list', { ...examples.auditList, chain: null }, ['audit.verify']),
  page('audit-broken', 'audit/list', examples.brokenAudit, ['audit.empty', '=Event 41 was changed.']),
  page('styleguide', 'styleguide', STYLEGUIDE, [
    'styleguide.refusal',
    'state.superseded',
    'state.not-applicable',
    'state.within',
    'phase.restore',
    '=Ce nom est déjà pris.',
  ]),
];

function page(name: string, template: string, data: object, reads: string[]): Example {
  return { name, template, data: { ...examples.shell, ...data }, reads };
}
