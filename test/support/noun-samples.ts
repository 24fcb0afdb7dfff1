import { randomUUID } from 'node:crypto';

/**
 * For each noun with plain pages, by its path: what adding one takes, and what its actions take. `ids` holds one of each noun
 * that was made before it, in this order. A noun without `add` says null and is made otherwise, or not at all.
 */
type Ids = Record<string, string>;

export const NOUN_SAMPLES: Record<
  string,
  {
    add: ((ids: Ids) => object) | null;
    /** What adding takes, where it cannot be made here. */
    example?: (ids: Ids) => object;
    actions?: Record<string, (ids: Ids) => object>;
  }
> = {
  sites: { add: () => ({ name: 'Siège', kind: 'office' }) },
  assets: { add: () => ({ name: 'Baie', kind: 'equipment' }) },
  dependencies: {
    add: ({ activity, asset }) => ({ from: { kind: 'activity', id: activity }, to: asset, kind: 'hard' }),
    actions: { confirmation: () => ({}) },
  },
  suppliers: {
    add: () => ({ name: 'Éditeur', hours: 'always' }),
    actions: { check: () => ({}) },
  },
  // Added on the protection page, with its secret.
  stores: {
    add: null,
    example: () => ({ name: 'Coffre', address: 'file:///tmp/x', account: 'Acme' }),
    actions: { probes: () => ({}) },
  },
  agents: { add: () => ({ name: 'Serveur du siège' }), actions: { revocation: () => ({}) } },
  // Lies in a folder that this machine allows.
  repositories: {
    add: null,
    example: ({ asset }) => ({ name: 'NAS', tool: 'restic', address: 's3://x/y', asset }),
    actions: { proofs: () => ({}), looks: () => ({}) },
  },
  'repository-schedules': {
    add: null,
    example: () => ({ repository: randomUUID(), what: 'proof', rhythm: 'daily', at: ['03:00'] }),
  },
  // Asked for on the page of its repository.
  'repository-proofs': { add: null },
  'claim-sources': { add: ({ asset }) => ({ name: 'NAS du siège', vendor: 'Synology', asset }) },
  // Added on the protection page, with its source.
  'backup-policies': {
    add: null,
    example: () => ({ rhythm: 'daily', at: ['22:00'] }),
    actions: { suspension: () => ({}), resumption: () => ({}), copy: ({ store }) => ({ store }) },
  },
  blackouts: {
    add: () => ({ name: 'Clôture', from: '2030-12-31T18:00', until: '2030-12-31T23:00', running: 'finish' }),
  },
  // Of a backup policy.
  'scheduled-tests': {
    add: null,
    example: () => ({ policy: randomUUID(), level: 'L3', rhythm: 'daily', at: ['03:00'] }),
  },
  canaries: {
    add: ({ asset }) => ({ asset, path: 'temoin.docx' }),
    actions: { relearning: () => ({}) },
  },
  // Only an asset that is backed up from here has one.
  sentinels: { add: null, example: ({ asset }) => ({ asset }) },
  // Only an asset with a recovery point can be looked at.
  'omission-checks': { add: null, example: ({ asset }) => ({ asset }) },
  // Made by a restore test that read a point.
  'content-looks': { add: null, actions: { explanation: () => ({ explanation: 'Migration' }) } },
  contacts: {
    add: () => ({ name: 'Ana Ruiz', points: [{ kind: 'mobile', value: '+33 6 12 34 56 78' }] }),
    actions: { verification: ({ asset }) => ({ point: asset }) },
  },
  'key-holders': {
    add: ({ contacts, 'recovery-key': key }) => ({ key, contact: contacts }),
    actions: { ending: () => ({}) },
  },
  'legal-holds': {
    add: () => ({ reason: 'Ordonnance du tribunal' }),
    actions: { lifting: () => ({ reason: 'Affaire close' }) },
  },
  // Asked for by what would let points go.
  'removal-requests': {
    add: null,
    actions: { granting: () => ({}), refusal: () => ({}), withdrawal: () => ({}) },
  },
  // Asked by a person, never by a token.
  closings: {
    add: null,
    example: () => ({ reason: 'Fin du contrat' }),
    actions: {
      granting: () => ({}),
      refusal: () => ({}),
      withdrawal: () => ({}),
      reopening: () => ({}),
    },
  },
  'key-drills': {
    add: ({ 'key-holders': holder }) => ({ holder }),
    actions: {
      answer: () => ({ answer: '0000-0000-0000-0000' }),
      result: () => ({ result: 'reprise-foreign-restore 1' }),
    },
  },
  'crisis-roles': {
    add: ({ contacts }) => ({
      name: 'Directeur de crise',
      cell: 'decision',
      holders: [{ contact: contacts }],
    }),
  },
  'impact-categories': {
    add: () => ({
      name: 'Image',
      levels: [
        { level: 0, meaning: 'Rien', isTolerable: true },
        { level: 1, meaning: 'La presse', isTolerable: false },
      ],
    }),
  },
  activities: { add: () => ({ name: 'Acheter' }), actions: { approval: () => ({}) } },
  // Every activity has to be analysed for it.
  studies: {
    add: null,
    example: () => ({ title: 'BIA', nextReviewOn: '2028-01-01' }),
    actions: {
      approval: () => ({}),
      return: () => ({ comment: 'À revoir' }),
      withdrawal: () => ({}),
    },
  },
  scenarios: { add: () => ({ name: 'Incendie', family: 'premises-lost' }) },
  'scheduled-drills': {
    add: ({ scenarios }) => ({ scenario: scenarios, rhythm: 'cron', expression: '0 9 1 3,9 *' }),
    actions: { beginning: () => ({}) },
  },
  'report-schedules': { add: () => ({ name: 'Chaque mois' }) },
  strategies: {
    add: ({ activity }) => ({ name: 'Repli', activity, options: [{ name: 'Télétravail' }] }),
    actions: {
      choice: () => ({ option: 1, reason: 'La moins chère' }),
      completion: () => ({}),
      refusal: () => ({ reason: 'Trop chère' }),
    },
  },
  plans: { add: () => ({ kind: 'bcp', title: 'PCA' }) },
  // Begun from its plan; its runbook and call tree have its id.
  'plan-versions': {
    add: null,
    example: () => ({ changeSummary: 'Rien', effectiveOn: null }),
    actions: {
      starter: () => ({}),
      submission: () => ({}),
      approval: () => ({ decision: 'approved' }),
      withdrawal: () => ({ reason: 'Essai' }),
      distributions: ({ asset = '' }) => ({ channel: 'mail', contacts: [asset] }),
    },
  },
  runbooks: {
    add: null,
    example: () => ({ steps: [{ action: 'Décider' }] }),
    actions: { steps: () => ({ action: 'Décider' }) },
  },
  'call-trees': { add: null, example: () => ({ nodes: [{ name: 'Ana' }] }) },
  exercises: {
    add: () => ({ title: 'Sur table', kind: 'tabletop', plannedOn: '2027-01-15' }),
    actions: {
      start: () => ({}),
      log: () => ({ text: 'Début' }),
      observation: () => ({ note: 'Bien' }),
      end: () => ({}),
      'calling-off': () => ({ reason: 'Grève' }),
    },
  },
  incidents: {
    add: () => ({ title: 'Panne', class: 'hardware', severity: 'minor', detectedAt: '2026-01-05T08:00:00Z' }),
    actions: { log: () => ({ text: 'Constat' }), closure: () => ({}) },
  },
  // A plan has to be in force for it.
  activations: {
    add: null,
    example: ({ incidents, plan }) => ({ incident: incidents, planVersion: plan, decidedBy: 'Moi' }),
    actions: {
      step: () => ({ key: 'a', event: 'start' }),
      'stand-down': () => ({ stoodDownBy: 'Moi' }),
    },
  },
  // Comes about when an incident or exercise ends.
  reviews: { add: null, actions: { closure: () => ({}) } },
  lessons: { add: () => ({ text: 'Appeler plus tôt', severity: 'minor' }) },
  'corrective-actions': {
    add: () => ({ title: 'Former', owner: 'Ana', dueOn: '2027-03-01' }),
    actions: {
      completion: () => ({}),
      verification: () => ({ effect: 'Vu' }),
      reopening: () => ({}),
      dropping: () => ({ reason: 'Sans objet' }),
    },
  },
  // A contact has to be there for it.
  'contact-tests': {
    add: null,
    example: ({ asset }) => ({ contact: asset, at: '2026-01-05T08:00:00Z', method: 'Appel' }),
  },
  'service-agreements': {
    add: () => ({ title: 'Forfait', monthlyFee: 900, validFrom: '2026-01-01' }),
  },
  'client-frameworks': { add: () => ({ framework: 'HIPAA' }) },
  'clause-decisions': {
    add: () => ({ framework: 'ISO22301', ref: '9.2', decision: 'not-applicable', reason: 'Sans objet' }),
    actions: { ending: () => ({}) },
  },
  declarations: {
    add: () => ({
      code: 'GOV',
      statement: 'Politique signée',
      document: 'Classeur',
      validUntil: '2099-01-01',
    }),
  },
};
