import { agreementStanding, PROMISES } from '#/plans/agreement-standing.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import {
  addAgreement,
  changeAgreement,
  findAgreement,
  findAgreementForChange,
  listAgreements,
  NewAgreement,
  ServiceAgreement,
} from '#/plans/service-agreements.ts';
import type { Work } from '#/plans/work.ts';
import type { Field } from '../field.ts';
import { noun, type SubList } from '../noun.ts';

export const serviceAgreement = noun<ServiceAgreement, NewAgreement>({
  name: 'agreement',
  path: 'service-agreements',
  tab: 'life',
  titleOf: ({ title }) => title,
  fields: [
    { name: 'title', kind: 'line' },
    { name: 'monthlyFee', kind: 'money' },
    { name: 'currency', kind: 'line', max: 3 },
    { name: 'services', kind: 'lines' },
    { name: 'coverHours', kind: 'hours' },
    { name: 'responseSeconds', kind: 'duration', optional: true },
    { name: 'recoverySeconds', kind: 'duration', optional: true },
    { name: 'restoreTestDays', kind: 'number', optional: true },
    { name: 'drillDays', kind: 'number', optional: true },
    { name: 'reportDays', kind: 'number', optional: true },
    { name: 'backupSuccessPercent', kind: 'number', optional: true },
    { name: 'validFrom', kind: 'date' },
    { name: 'validUntil', kind: 'date', optional: true },
  ],
  apart: ['currency'],
  columns: ['monthlyFee', 'validFrom', 'validUntil'],
  item: ServiceAgreement,
  input: NewAgreement,
  list: listAgreements,
  find: findAgreement,
  findForChange: findAgreementForChange,
  add: addAgreement,
  change: changeAgreement,
  right: 'agreement.change',
  start: async (work, client) => ({
    currency: (await findClient(work, client)).currency,
    coverHours: 'always',
    validFrom: work.now.toISOString().slice(0, 10),
  }),
  parts: async (work, agreement) => [await standingPart(work, agreement)],
});

/** Promised against measured, for an agreement that is in force. */
async function standingPart(work: Work, { id, client }: ServiceAgreement): Promise<SubList> {
  const facts = (await loadFacts(work, [await findClient(work, client)])).get(client)!;
  const agreement = facts.agreements.find((one) => one.id === id);
  return {
    name: 'agreement.standing',
    columns: [
      { name: 'promise', kind: 'choice', values: PROMISES, words: 'promise' },
      {
        name: 'verdict',
        kind: 'choice',
        values: ['kept', 'broken', 'unmeasured'],
        words: 'promise-verdict',
        tones: { kept: 'proof', broken: 'danger', unmeasured: 'open' },
      },
      { name: 'promised', kind: 'number' },
      { name: 'measured', kind: 'number' },
    ],
    rows: (agreement ? agreementStanding(agreement, facts) : []).map(
      ({ promise, verdict, promised, measured }) => ({
        href: null,
        values: { promise, verdict, promised, measured },
        as: promise === 'response' || promise === 'recovery' ? AS_TIMES : {},
      }),
    ),
  };
}

const AS_TIMES: Record<string, Field> = {
  promised: { name: 'promised', kind: 'duration' },
  measured: { name: 'measured', kind: 'duration' },
};
