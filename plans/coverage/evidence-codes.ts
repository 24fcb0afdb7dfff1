/** The vocabulary of evidence, and how long a record of each kind counts. */
import { SECTION_KINDS, type SectionKind } from '../facts.ts';

const KINDS = [
  'GOV',
  'INV',
  'BIA',
  'DEP',
  'RSK',
  'SCN',
  'STR',
  'PLN',
  'RBK',
  'CTC',
  'CTT',
  'OFF',
  'ACK',
  'TRN',
  'REV',
  'MGT',
  'AUD',
  'BPO',
  'BRN',
  'CPY-off',
  'CPY-imm',
  'INT',
  'KEY',
  'ACC',
  'RST',
  'SWT',
  'EXE',
  'INC',
  'PIR',
  'ACT',
  'SUP',
  'SLA',
  'KPI',
] as const;

type SectionCode = `SEC:${SectionKind | 'all'}`;
export type KnownCode = (typeof KINDS)[number] | SectionCode;

export const EVIDENCE_CODES: readonly KnownCode[] = [
  ...KINDS,
  ...SECTION_KINDS.map((kind) => `SEC:${kind}` as const),
  'SEC:all',
];

/**
 * Whole days a record counts when its row names no interval of its own. A year is the cycle of ReCyF 1.3, 13.2 and 15,
 * of DORA 11(6)(a), of BIO2 5.30.01 and of ENISA's guidance on plans and crisis tests; integrity checks follow the
 * monthly one of ENISA's guidance (it proposes weekly for highly critical data, a class not recorded here).
 * Codes that are not named have no interval in any text, and end only by a record's own validity.
 */
export const DEFAULT_MAX_AGE_DAYS: Partial<Record<KnownCode, number>> = {
  BIA: 365,
  PLN: 365,
  RST: 365,
  SWT: 365,
  EXE: 365,
  CTT: 365,
  REV: 365,
  INT: 31,
  ...Object.fromEntries([...SECTION_KINDS, 'all'].map((kind) => [`SEC:${kind}`, 365])),
};
