/** What went wrong with a run, a test or a report: a code for a reader of any language, beside the English sentence. */
import { z } from 'zod';

const Params = z.record(z.string(), z.union([z.string(), z.number()]));

/** What is wrong, without its sentence. Jobs bring codes of their own, so any text is one here. */
export const Because = z.object({ code: z.string(), params: Params });
export type Because = z.infer<typeof Because>;

export const Finding = Because.extend({
  message: z.string().describe('The same in English, for logs and programs'),
}).meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;

/** Codes that the domain and its jobs give themselves; the engine has a list of its own. */
export const DOMAIN_FINDINGS = {
  'backup-run.overlap': [],
  'backup-run.worker-died': [],
  'backup-run.not-in-time': [],
  'backup-run.blackout': [],
  'agent.offline': [],
  'agent.lost': [],
  'agent.test-offline': [],
  'agent.test-not-plausible': [],
  'agent.revoked': [],
  'agent.not-enrolled': [],
  'agent.not-allowed': ['source', 'store'],
  'restore-test.worker-died': [],
  'restore-test.sample': ['read', 'cited'],
  'restore-test.no-scratch-server': [],
  'restore-test.not-a-database': [],
  'key-drill.wrong-answers': ['count'],
  'key-drill.restored-otherwise': [],
  'key-drill.worker-died': [],
  'report.not-drawn': [],
  'report.not-taken': [],
  'report-recipient.gone': [],
  'report-recipient.no-mail': [],
  'report-recipient.no-sight': [],
  'report-recipient.no-sign-in': [],
  'report-delivery.not-sent': [],
  'report-delivery.file-removed': [],
  'report-delivery.too-large': [],
  'drawing.too-long': ['seconds'],
  'drawing.too-large': ['bytes'],
  'crisis-pack.not-made': [],
  'crisis-pack.not-held': [],
  'store-probe.worker-died': [],
  'reconciliation.worker-died': [],
  'expiry.worker-died': [],
  'own-backup.process-died': [],
  'repository.worker-died': [],
  'own-backup.not-proved': [],
  'own-backup.no-scratch': [],
  'omission-check.worker-died': [],
  'scheduled-drill.needs-people': [],
  'scheduled-drill.no-path': [],
  'scheduled-drill.nothing-stands-still': [],
  'agent.point-not-of-its-time': ['point'],
  'agent.sentinel-not-of-its-run': [],
  'agent.sentinel-not-allowed': ['source'],
  'alert.no-relay': [],
  'alert.relay-unreachable': ['cause'],
  'alert.relay-refused': ['status'],
  'alert.recipient-gone': ['name'],
  'alert.receiver-unreachable': ['host', 'cause'],
  'alert.receiver-refused': ['status'],
  'alert.receiver-redirects': ['status'],
  'alert.receiver-private': ['host'],
  'alert.receiver-not-https': [],
  // Something nobody foresaw, in its own words.
  unexpected: ['original'],
} as const satisfies Record<string, readonly string[]>;

type Plain = {
  [Code in keyof typeof DOMAIN_FINDINGS]: (typeof DOMAIN_FINDINGS)[Code] extends readonly [] ? Code : never;
}[keyof typeof DOMAIN_FINDINGS];

/** A finding that needs no params. */
export function finding(code: Plain, message: string): Finding {
  return { code, params: {}, message };
}

/** A finding as a row keeps it. */
export const findingColumns = (found: Finding | null) => ({
  finding: found?.message ?? null,
  finding_code: found?.code ?? null,
  finding_params: found && JSON.stringify(found.params),
});

/** A finding as its row tells it. */
export const findingOfRow = (row: {
  finding: string | null;
  finding_code: string | null;
  finding_params: unknown;
}): Finding | null =>
  row.finding === null || row.finding_code === null
    ? null
    : { code: row.finding_code, params: row.finding_params as Finding['params'], message: row.finding };
