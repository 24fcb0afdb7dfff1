/** Which predicate judges which evidence code. A code that is not here has no facts of its own: only records speak for it. */
import { SECTION_KINDS } from '../../facts.ts';
import type { KnownCode } from '../evidence-codes.ts';
import type { Predicate } from '../held.ts';
import { agreements, analysis, dependencies, inventory, suppliers } from './analysis.ts';
import { lockedCopies, offsiteCopies, policies, runs } from './backups.ts';
import { directory, readings, runbooks } from './crisis.ts';
import { keys } from './keys.ts';
import { everySection, plans, section } from './plans.ts';
import { integrity, restoreTests } from './restore-tests.ts';
import { risks, scenarios, strategies } from './risks.ts';

export const PREDICATES: Partial<Record<KnownCode, Predicate>> = {
  BIA: analysis,
  DEP: dependencies,
  INV: inventory,
  SUP: suppliers,
  SLA: agreements,
  RSK: risks,
  SCN: scenarios,
  STR: strategies,
  PLN: plans,
  ...Object.fromEntries(SECTION_KINDS.map((kind) => [`SEC:${kind}`, section(kind)])),
  'SEC:all': everySection,
  BPO: policies,
  BRN: runs,
  RBK: runbooks,
  CTC: directory,
  ACK: readings,
  'CPY-off': offsiteCopies,
  'CPY-imm': lockedCopies,
  RST: restoreTests,
  INT: integrity,
  KEY: keys,
};
