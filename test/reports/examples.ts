/** Three clients as a report sees them: one with good and bad news, one with nothing, one that tries to break the page. */
import { EVIDENCE_CODES } from '#/plans/coverage/evidence-codes.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import {
  ago,
  anActivity,
  anAsset,
  aPlan,
  aPoint,
  aRecord,
  aTest,
  DAY,
  HOUR,
  NOW,
  needs,
  nothingElse,
} from '../readiness/client.ts';
import { hashOf } from './snapshot-of.ts';

export { snapshotOf } from './snapshot-of.ts';

/** A French firm of 180 people: one activity in time, one late, one never measured. */
export const ATELIERS: ClientFacts = {
  now: NOW,
  client: {
    id: 'ateliers',
    name: 'Ateliers Brégançon',
    sector: 'mécanique de précision',
    country: 'FR',
    timeZone: 'Europe/Paris',
    businessHours: 'always',
    technicians: 1,
    links: 1,
  },
  activities: [
    anActivity({ id: 'orders', name: 'Prise de commandes', rtoSeconds: 8 * HOUR, rpoSeconds: DAY }),
    anActivity({
      id: 'invoices',
      name: 'Facturation',
      rtoSeconds: 4 * HOUR,
      mtpdSeconds: DAY,
      derivedMtpdSeconds: DAY,
      rpoSeconds: 4 * HOUR,
    }),
    anActivity({
      id: 'design',
      name: 'Bureau d’études',
      rtoSeconds: DAY,
      mtpdSeconds: 3 * DAY,
      derivedMtpdSeconds: 3 * DAY,
      mbco: null,
    }),
    anActivity({
      id: 'intranet',
      name: 'Intranet',
      isPriority: false,
      rtoSeconds: null,
      rpoSeconds: null,
      approval: null,
    }),
  ],
  assets: [
    { ...anAsset('erp', 'application'), name: 'ERP' },
    { ...anAsset('host', 'server'), name: 'Hyperviseur' },
    { ...anAsset('sql', 'data-set'), name: 'Base ERP' },
    { ...anAsset('cad', 'data-set'), name: 'Plans CAO' },
    { ...anAsset('staff', 'team'), name: 'Équipe informatique' },
    { ...anAsset('office', 'premises'), name: 'Site de Voiron' },
    { ...anAsset('vendor', 'supplier'), name: 'Éditeur de l’ERP' },
  ],
  dependencies: [
    ...['orders', 'invoices'].flatMap((id) => [
      needs(`activity:${id}`, 'erp'),
      needs(`activity:${id}`, 'staff', 'human'),
      needs(`activity:${id}`, 'office'),
    ]),
    needs('activity:design', 'cad'),
    needs('activity:design', 'staff', 'human'),
    needs('erp', 'host'),
    needs('erp', 'sql', 'data'),
    needs('sql', 'host', 'start-order'),
    needs('erp', 'vendor', 'soft'),
  ],
  plans: [
    aPlan({
      title: 'PRA du site de Voiron',
      activities: ['orders', 'invoices'],
      owner: 'Claire Desrosiers',
      inForce: { ...aPlan().inForce!, sha256: hashOf(48879) },
    }),
    aPlan({
      id: 'bcp',
      kind: 'bcp',
      title: 'PCA du bureau d’études',
      activities: ['design'],
      owner: null,
      inForce: null,
    }),
  ],
  policies: [
    {
      id: 'nightly',
      asset: 'sql',
      intervalSeconds: DAY,
      isEnabled: true,
      retention: null,
      store: {
        id: 'far',
        kind: 's3',
        isOffsite: true,
        site: null,
        account: null,
        needs: [],
      },
    },
    {
      id: 'weekly',
      asset: 'cad',
      intervalSeconds: 7 * DAY,
      isEnabled: true,
      retention: null,
      store: {
        id: 'near',
        kind: 'folder',
        isOffsite: false,
        site: null,
        account: null,
        needs: [],
      },
    },
  ],
  lostPoints: [],
  recoveryKeys: [],
  drills: [],
  claims: [],
  recoveryPoints: [
    ...Array.from({ length: 12 }, (_, day) =>
      aPoint('sql', 12 * HOUR + day * 7 * DAY, { bytes: 48e9 + day * 1e8, files: 3 }),
    ),
    ...Array.from({ length: 6 }, (_, week) =>
      aPoint('cad', DAY + week * 14 * DAY, {
        bytes: 912e9,
        files: 184_213,
        reservations: { torn: week === 0 ? 2 : 0, vanished: 0, unreadable: week === 0 ? 1 : 0, skipped: 0 },
      }),
    ),
  ],
  restoreTests: [
    aTest('sql', 11 * HOUR, {
      recoveryPoint: 'sql of 43200',
      seconds: 2.2 * HOUR,
      bytes: 48e9,
      dataAgeSeconds: HOUR,
    }),
    aTest('sql', 7 * DAY, {
      recoveryPoint: `sql of ${12 * HOUR + 7 * DAY}`,
      seconds: 2.1 * HOUR,
      bytes: 48e9,
      dataAgeSeconds: 12 * HOUR,
    }),
    aTest('host', 10 * DAY, { seconds: 1.6 * HOUR, bytes: 92e9 }),
    aTest('erp', 10 * DAY, { seconds: 0.9 * HOUR, bytes: 8e9 }),
    aTest('cad', 20 * HOUR, {
      state: 'failed',
      reached: 'L2a',
      recoveryPoint: `cad of ${DAY}`,
      seconds: null,
      bytes: 912e9,
    }),
    aTest('cad', 30 * DAY, {
      state: 'inconclusive',
      reached: null,
      recoveryPoint: `cad of ${DAY + 28 * DAY}`,
      seconds: null,
      bytes: null,
      plantedFaults: 0,
      caught: 0,
    }),
  ],
  evidence: [
    aRecord('BIA', 'activity', 'orders', { at: ago(30 * DAY) }),
    aRecord('BIA', 'activity', 'invoices', { at: ago(30 * DAY) }),
    aRecord('PLN', 'plan', 'drp', { at: ago(20 * DAY) }),
    aRecord('BRN', 'asset', 'sql', { at: ago(12 * HOUR) }),
    aRecord('RST', 'asset', 'sql', { at: ago(11 * HOUR) }),
    aRecord('RST', 'asset', 'host', { at: ago(10 * DAY) }),
    aRecord('INT', 'asset', 'sql', { at: ago(11 * HOUR) }),
    aRecord('RST', 'asset', 'cad', { at: ago(20 * HOUR), finding: 'contradicts' }),
    aRecord('EXE', 'client', 'ateliers', { at: ago(60 * DAY), assertedBy: 'person', by: 'Marc Lefèvre' }),
    aRecord('CTC', 'client', 'ateliers', { at: ago(50 * DAY), assertedBy: 'person', by: 'Marc Lefèvre' }),
    aRecord('SLA', 'asset', 'vendor', { at: ago(90 * DAY), assertedBy: 'vendor', by: 'Éditeur de l’ERP' }),
  ],
  ...nothingElse(),
};

/** A client of whom nothing is recorded. */
export const NOBODY: ClientFacts = {
  ...ATELIERS,
  client: { ...ATELIERS.client, id: 'new', name: 'Cabinet Neuf' },
  activities: [],
  assets: [],
  dependencies: [],
  plans: [],
  policies: [],
  recoveryPoints: [],
  lostPoints: [],
  recoveryKeys: [],
  drills: [],
  claims: [],
  restoreTests: [],
  evidence: [],
};

const LONG = `${'Établissement intercommunal de coopération '.repeat(4)}${'x'.repeat(120)}`;
export const SCRIPT = '<script>alert("1")</script></style>';

/** Three hundred records, names that are too long, written from right to left, or made of markup. */
export const HOSTILE: ClientFacts = {
  ...ATELIERS,
  client: { ...ATELIERS.client, name: `${SCRIPT} ${LONG}` },
  activities: [
    ...ATELIERS.activities,
    anActivity({ id: 'rtl', name: 'خدمة الطوارئ ١٢٣ (A)', rtoSeconds: 0 }),
    anActivity({ id: 'markup', name: SCRIPT }),
    anActivity({ id: 'long', name: LONG }),
  ],
  assets: [
    ...ATELIERS.assets,
    { ...anAsset('markup', 'data-set'), name: SCRIPT },
    { ...anAsset('long', 'data-set'), name: LONG },
  ],
  dependencies: [
    ...ATELIERS.dependencies,
    needs('activity:markup', 'markup'),
    needs('activity:long', 'long'),
    needs('long', 'markup'),
    needs('markup', 'long'),
  ],
  plans: [...ATELIERS.plans, aPlan({ id: 'odd', title: `${SCRIPT} \u202e${LONG}`, activities: ['markup'] })],
  evidence: Array.from({ length: 300 }, (_, index) =>
    aRecord(EVIDENCE_CODES[index % EVIDENCE_CODES.length]!, 'asset', 'sql', {
      id: `record ${index}`,
      at: ago((300 - index) * HOUR),
      subject: { kind: 'asset', id: 'sql', name: index % 3 ? 'Base ERP' : LONG },
      assertedBy: (['system', 'person', 'vendor'] as const)[index % 3]!,
      by: index % 5 ? 'Marc Lefèvre' : SCRIPT,
    }),
  ),
};
