/** Every noun that has plain pages and a JSON interface made from its declaration. */
import { apiOf } from '../api.ts';
import { pagesOf } from '../pages.ts';
import { activation } from './activation.ts';
import { activity } from './activity.ts';
import { agent } from './agent.ts';
import { asset } from './asset.ts';
import { backupPolicy } from './backup-policy.ts';
import { blackout } from './blackout.ts';
import { callTree } from './call-tree.ts';
import { canary } from './canary.ts';
import { claimSource } from './claim-source.ts';
import { clauseDecision } from './clause-decision.ts';
import { clientClosing } from './client-closing.ts';
import { contact } from './contact.ts';
import { contactTest } from './contact-test.ts';
import { contentLook } from './content-look.ts';
import { correctiveAction } from './corrective-action.ts';
import { crisisRole } from './crisis-role.ts';
import { declaration } from './declaration.ts';
import { dependency } from './dependency.ts';
import { exercise } from './exercise.ts';
import { framework } from './framework.ts';
import { impactCategory } from './impact-category.ts';
import { incident } from './incident.ts';
import { keyDrill } from './key-drill.ts';
import { keyHolder } from './key-holder.ts';
import { legalHold } from './legal-hold.ts';
import { lesson } from './lesson.ts';
import { omissionCheck } from './omission-check.ts';
import { plan } from './plan.ts';
import { planVersion } from './plan-version.ts';
import { removalRequest } from './removal-request.ts';
import { reportSchedule } from './report-schedule.ts';
import { repository } from './repository.ts';
import { repositoryProof } from './repository-proof.ts';
import { repositorySchedule } from './repository-schedule.ts';
import { review } from './review.ts';
import { runbook } from './runbook.ts';
import { scenario } from './scenario.ts';
import { scheduledDrill } from './scheduled-drill.ts';
import { scheduledTest } from './scheduled-test.ts';
import { sentinel } from './sentinel.ts';
import { serviceAgreement } from './service-agreement.ts';
import { site } from './site.ts';
import { store } from './store.ts';
import { strategy } from './strategy.ts';
import { study } from './study.ts';
import { supplier } from './supplier.ts';

/** With what one and many are called in the JSON interface's description. */
const NOUNS = [
  [asset, ['asset', 'assets']],
  [dependency, ['dependency', 'dependencies']],
  [site, ['site', 'sites']],
  [supplier, ['supplier', 'suppliers']],
  [store, ['store, with what its last probe found', 'stores']],
  [agent, ['agent at a site of the client', 'agents at the sites of a client']],
  [repository, ['repository of another backup tool', 'repositories of other backup tools']],
  [repositorySchedule, ['what recurs of a repository by itself', 'what recurs of repositories by itself']],
  [repositoryProof, ['proof of what another backup tool made', 'proofs of what other backup tools made']],
  [claimSource, ['source of claims: another backup tool', 'sources of claims: other backup tools']],
  [backupPolicy, ['backup policy with its schedule', 'backup policies']],
  [blackout, ['blackout, in which nothing that is due begins', 'blackouts']],
  [scheduledTest, ['scheduled restore test', 'scheduled restore tests']],
  [canary, ['file that must stay as it is', 'files that must stay as they are']],
  [sentinel, ['dated sentinel put into a source', 'dated sentinels put into sources']],
  [omissionCheck, ['look for what a point leaves out', 'looks for what points leave out']],
  [contentLook, ['look at the content of a recovery point', 'looks at the content of recovery points']],
  [contact, ['contact', 'contacts']],
  [keyHolder, ['holder of a recovery key', 'holders of recovery keys']],
  [legalHold, ['legal hold', 'legal holds']],
  [removalRequest, ['removal request', 'removal requests']],
  [
    clientClosing,
    ['closing of a client, asked by one person and granted by another', 'closings of a client'],
  ],
  [keyDrill, ['key drill', 'key drills']],
  [crisisRole, ['crisis role with its holder and deputies', 'crisis roles']],
  [activity, ['activity with its impact analysis', 'activities with their impact analyses']],
  [impactCategory, ['impact category', 'impact categories']],
  [study, ['impact analysis study', 'impact analysis studies']],
  [scenario, ['risk scenario', 'risk scenarios']],
  [strategy, ['continuity strategy', 'continuity strategies']],
  [plan, ['plan', 'plans']],
  [planVersion, ['version of a plan with its text and approvals', 'versions of plans that are not over']],
  [runbook, ['runbook of a version of a plan', 'runbooks']],
  [callTree, ['call tree of a version of a plan', 'call trees']],
  [scheduledDrill, ['scheduled scenario drill', 'scheduled scenario drills']],
  [exercise, ['exercise', 'exercises']],
  [incident, ['incident', 'incidents']],
  [activation, ['activation of a plan', 'activations of plans']],
  [review, ['review', 'reviews']],
  [lesson, ['lesson', 'lessons']],
  [correctiveAction, ['corrective action', 'corrective actions']],
  [contactTest, ['contact test', 'contact tests']],
  [serviceAgreement, ['service agreement', 'service agreements']],
  [reportSchedule, ['report schedule with its recipients', 'report schedules']],
  [framework, ['framework that a client is judged by', 'frameworks that a client is judged by']],
  [clauseDecision, ['decision on a clause', 'decisions on clauses']],
  [declaration, ['declaration', 'declarations']],
] as const;

export const nouns = NOUNS.map(([noun]) => noun);
export const recordsApi = NOUNS.flatMap(([noun, phrase]) => apiOf(noun, [...phrase]));
export const recordsPages = NOUNS.flatMap(([noun]) => pagesOf(noun));
