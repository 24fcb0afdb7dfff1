/** One row of each kind at Acme, and what its addresses take: for tests that try every address of the service. */
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { NOUN_SAMPLES } from './noun-samples.ts';
import type { TestService } from './service.ts';

const A_CHANNEL = { name: 'Atelier', kind: 'slack', address: 'https://hooks.slack.example/x' };
const aRoute = (channel: string) => ({ name: 'Atelier', recipients: [{ to: `channel:${channel}` }] });

const A_SIGN_ON = {
  ...{ name: 'X', issuer: 'https://sso.example', oidcClient: 'x', secret: 'x', domains: ['sso.example'] },
  ...{ groupClaim: null, groups: [], takesStrangers: false, trustsFactor: false, isOnlyWay: false },
};

const A_POOL = { name: 'Atelier de secours', headCount: 2, hours: 'always' };

/** One row of each kind, by the name its address uses. */
export async function makeOneOfEach(test: TestService): Promise<Record<string, string>> {
  const { api, acme, dataDir } = test;
  const { owner } = acme.tokens;
  const post = async (path: string, body: object) => {
    const { status, body: made } = await api(owner, 'POST', `/api/v1${path}`, body);
    expect(status, `${path} ${JSON.stringify(made)}`).to.be.within(200, 202);
    return made.id as string;
  };
  const asset = await post(`/clients/${acme.client}/assets`, { name: 'ERP', kind: 'data-set' });
  const activity = await post(`/clients/${acme.client}/activities`, { name: 'Vendre' });
  const plan = await post(`/clients/${acme.client}/plans`, { kind: 'drp', title: 'PRA' });
  const store = await post(`/clients/${acme.client}/stores`, {
    name: 'Coffre',
    address: `file://${dataDir}/stores/a`,
  });
  const pool = await post('/technician-pools', A_POOL);
  const ids: Record<string, string> = { client: acme.client, plan, asset, activity, store, id: asset };
  const version = await post(`/plans/${plan}/versions`, {});
  for (const noun of ['plan-versions', 'runbooks', 'call-trees']) ids[noun] = version;
  ids.kind = 'scope';
  ids['technician-pools'] = pool;
  ids['alert-channels'] = await post('/alert-channels', A_CHANNEL);
  ids['alert-routes'] = await post('/alert-routes', aRoute(ids['alert-channels']));
  ids.key = 'contenir';
  const { body: keys } = await api(owner, 'GET', `/api/v1/clients/${acme.client}/keys`);
  ids['recovery-key'] = keys.items.find((key: { purpose: string }) => key.purpose === 'recovery').id;
  const uploads = `/api/v1/clients/${acme.client}/uploads`;
  ids.uploads = (await api(owner, 'POST', uploads, 'Nom;Type\nAtelier;Bureaux')).body.id;
  for (const [noun, { add }] of Object.entries(NOUN_SAMPLES))
    if (add) ids[noun] = await post(`/clients/${acme.client}/${noun}`, add(ids));
  ids['backup-policies'] = await post('/backup-policies', { asset, store, source: dataDir });
  ids['backup-runs'] = await post(`/backup-policies/${ids['backup-policies']}/runs`, {});
  ids['recovery-points'] = await addPoint(test, { asset, store });
  ids['restore-tests'] = await post('/restore-tests', { recoveryPoint: ids['recovery-points'] });
  ids['scheduled-tests'] = await post(`/clients/${acme.client}/scheduled-tests`, {
    ...{ policy: ids['backup-policies'], level: 'L3', rhythm: 'daily', at: ['03:00'] },
  });
  ids.sentinels = await post(`/clients/${acme.client}/sentinels`, { asset });
  ids['omission-checks'] = await post(`/clients/${acme.client}/omission-checks`, { asset });
  ids.reports = await post(`/clients/${acme.client}/reports`, {});
  ids['crisis-packs'] = await post(`/clients/${acme.client}/crisis-packs`, {});
  ids['contact-tests'] = await post(`/clients/${acme.client}/contact-tests`, {
    ...{ contact: ids.contacts, at: '2026-01-05T08:00:00Z', method: 'Appel' },
  });
  return ids;
}

/** As a backup would have left it; nothing reads it. */
async function addPoint(
  { acme, superuserUrl }: TestService,
  { asset, store }: { asset: string; store: string },
): Promise<string> {
  await using session = await openSession(superuserUrl);
  const [row] = await session.query<{ id: string }>(`
    insert into recovery_points (provider_id, client_id, asset_id, store_id, point, data_time, started_at, ended_at, files, bytes,
      stored_bytes, packs, torn, vanished, unreadable, skipped, reservations, head_sha256, manifest_sha256, created_at)
    values ('${acme.id}', '${acme.client}', '${asset}', '${store}', '20260101T000000000Z-0123456789ab', now(), now(), now(), 1, 1,
      1, 1, 0, 0, 0, 0, '[]', '${'a'.repeat(64)}', '${'b'.repeat(64)}', now()) returning id`);
  return row!.id;
}

/** Every `:id` of a route is tried with ids of ours. */
export function fill(path: string, ids: Record<string, string>): string {
  const noun = /^(?:\/api\/v1)?\/([a-z-]+)\/:id/.exec(path)?.[1] ?? '';
  const named: Record<string, string | undefined> = {
    assets: ids.asset,
    activities: ids.activity,
    plans: ids.plan,
    stores: ids.store,
  };
  return path.replace(/:(\w+)/g, (_all, name: string) =>
    name === 'id' ? (named[noun] ?? ids[noun] ?? ids.id ?? '') : (ids[name] ?? ''),
  );
}

/** A body that the address would accept from one of us, so that only the wall can refuse it. */
export function bodyFor(path: string, ids: Record<string, string>): object | undefined {
  const [, noun = '', action] =
    /^(?:\/api\/v1)?\/(?:clients\/:client\/)?([a-z-]+)(?:\/:id)?(?:\/([a-z-]+))?$/.exec(path) ?? [];
  const bodies: [RegExp, object][] = [
    [/\/clients$/, { name: 'X', country: 'FR', sector: 'X' }],
    [
      /^\/clients\/:client\/backup-policies$/,
      { asset: ids.asset, store: ids.store, source: '/x', intervalSeconds: '1 d' },
    ],
    [/\/backup-policies$/, { asset: ids.asset, store: ids.store, source: '/x' }],
    [/\/backup-policies\/:id\/pause$/, { paused: 'on' }],
    [/\/restore-tests$/, { recoveryPoint: ids['recovery-points'] }],
    [
      /^\/people\/invitations$/,
      { email: 'y@acme.example', name: 'Y', locale: 'fr', role: 'technician', clients: 'all' },
    ],
    [
      /\/(members|invitations)$/,
      {
        email: 'x@acme.example',
        name: 'X',
        role: 'technician',
        clients: 'all',
        password: 'correct horse battery',
      },
    ],
    [/\/erasure$/, { reason: 'Asked for by mail' }],
    [/\/sign-in-rules$/, { staffNeedsFactor: true, graceDays: 1, idleMinutes: 60, sessionHours: 24 }],
    [/^\/api\/v1\/single-sign-on$/, A_SIGN_ON],
    [
      /^\/people\/single-sign-on$/,
      { name: 'X', issuer: 'https://sso.example', oidcClient: 'x', secret: 'x', domains: 'sso.example' },
    ],
    [/^\/people\/rules$/, { graceDays: '1', idleMinutes: '60', sessionHours: '24' }],
    [/\/api-tokens$/, { name: 'X', role: 'technician', scopes: ['read'] }],
    [
      /\/(uploads|exchange|client-imports(\/outlook)?)$/,
      { name: 'x.csv', bytes: Buffer.from('Nom;Type\nX;Bureaux') },
    ],
    [/^\/api\/v1\/brand$/, { legalName: 'X', address: null, footer: null, colours: null }],
    [
      /\/brand\/logo$/,
      { name: 'x.svg', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>') },
    ],
    [/\/clients\/:client$/, { name: 'X' }],
    [/\/technician-pools(\/:id)?$/, A_POOL],
    [/\/alert-channels(\/:id)?$/, A_CHANNEL],
    [/\/alert-routes(\/:id)?$/, aRoute(ids['alert-channels'] ?? '')],
    [/\/clients\/:client\/drill(s|-plan)$/, { scenario: ids.scenarios }],
    [/\/drills\/:id\/steps$/, { key: 'X', event: 'done' }],
    [/\/drills\/:id\/cancellation$/, { reason: 'X' }],
    [/\/activities(\/:id)?$/, { name: 'X' }],
    [/\/versions$/, { sections: [] }],
    [/\/runbooks\/:id\/steps(\/:key)?$/, { action: 'X' }],
    [/\/sections\/:kind$/, { title: 'X', body: 'X', edition: 0 }],
    [/\/assertions$/, { asset: ids.asset, name: 'X', query: 'select 1', expectation: { op: 'not-empty' } }],
    [/\/crisis-packs\/:id\/handovers$/, { recipient: 'X', medium: 'usb' }],
    [/\/key-drill-interval$/, { days: 90 }],
    [/\/deliveries$/, { to: `contact:${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}` }],
    [/\/(giving-up|removal)$/, { reason: 'X' }],
    [/\/retention(\/simulation)?$/, { rules: null }],
    [/\/repositories\/:id\/secrets$/, { password: 'x' }],
    [/\/taking-over$/, { sha256: 'X', version: 'X' }],
    [/\/keys\/(recovery|verifier)$/, { replaces: '0011223344556677' }],
  ];
  const said = bodies.find(([pattern]) => pattern.test(path))?.[1];
  if (said) return said;
  const sample = NOUN_SAMPLES[noun];
  const given = action ? sample?.actions?.[action] : (sample?.add ?? sample?.example);
  return given?.(ids) ?? {};
}
