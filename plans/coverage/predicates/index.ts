/** Which predicate judges which evidence code. A code that is not here has no facts of its own: only records speak for it. */
import { SECTION_KINDS } from '../../facts.ts';
import type { KnownCode } from '../evidence-codes.ts';
import type { Predicate } from '../held.ts';
import { analysis, dependencies, inventory, suppliers } from './analysis.ts';
import { offsiteCopies, policies, runs } from './backups.ts';
import { everySection, plans, section } from './plans.ts';
import { integrity, restoreTests } from './restore-tests.ts';

export const PREDICATES: Partial<Record<KnownCode, Predicate>> = {
  BIA: analysis,
  DEP: dependencies,
  INV: inventory,
  SUP: suppliers,
  PLN: plans,
  ...Object.fromEntries(SECTION_KINDS.map((kind) => [`SEC:${kind}`, section(kind)])),
  'SEC:all': everySection,
  BPO: policies,
  BRN: runs,
  'CPY-off': offsiteCopies,
  RST: restoreTests,
  INT: integrity,
};
