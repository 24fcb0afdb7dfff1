/** Where what an alert is about has a page. */
const PAGES: Record<string, string> = {
  asset: '/assets/',
  store: '/stores/',
  'recovery-point': '/recovery-points/',
  'restore-test': '/restore-tests/',
  repository: '/repositories/',
  'repository-proof': '/repository-proofs/',
  review: '/reviews/',
  action: '/corrective-actions/',
  plan: '/plans/',
  study: '/studies/',
  agent: '/agents/',
  drill: '/drills/',
  'scheduled-drill': '/scheduled-drills/',
  'key-drill': '/key-drills/',
  'omission-check': '/omission-checks/',
  'removal-request': '/removal-requests/',
  'claim-source': '/claim-sources/',
  'content-look': '/content-looks/',
  contact: '/contacts/',
};

export const pageOfSubject = ({ kind, id }: { kind: string; id: string }): string | null =>
  PAGES[kind] ? `${PAGES[kind]}${id}` : null;
