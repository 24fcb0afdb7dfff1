/** How a provider shows itself on its reports: what is let in, what is refused and why, and that a snapshot holds it all. */
import { crc32, deflateSync } from 'node:zlib';
import { expect } from 'chai';
import { contrastOf } from '#/plans/brands/contrast.ts';
import type { ReportSnapshot } from '#/plans/reports/snapshot.ts';
import { safeLogo } from '#/server/logos/safe-logo.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { loadTemplates } from '#/server/templates.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { cookiesOf } from '../support/visitor.ts';

const chunk = (type: string, data: Buffer) => {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
};
const header = (width: number) => {
  const data = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  data.writeUInt32BE(width);
  return chunk('IHDR', data);
};
const png = (...middle: Buffer[]) =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...middle, chunk('IEND', Buffer.alloc(0))]);
const PIXEL = chunk('IDAT', deflateSync(Buffer.from([0, 200, 30, 30])));
const svg = (inner: string, root = '') =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"${root}>${inner}</svg>`);
const PLAIN = svg('<g fill="#C00"><path d="M0 0h10v10z"/></g>');

const refusal = (bytes: Buffer): string => {
  try {
    safeLogo(bytes);
    return 'let in';
  } catch (error) {
    return (error as { key: string }).key;
  }
};

describe('the provider’s own look', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());
  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const LOOK = {
    legalName: 'Acme Continuité SAS',
    address: '1 rue du Port, 59000 Lille',
    footer: 'Acme SAS · RCS Lille 552 100 554',
    colours: { primary: '#5b1647', accent: '#F2C14E' },
  };

  it('lets in no logo that could act, reach out or unpack to more than its picture', () => {
    expect(safeLogo(PLAIN).content.toString()).to.equal(PLAIN.toString());
    for (const hostile of [
      svg('<script>alert(1)</script>'),
      svg('<path d="M0 0" onload="alert(1)"/>'),
      svg('<image href="https://example.org/a.png"/>'),
      svg('<use href="#a"/>'),
      svg('<style>*{fill:url(https://example.org)}</style>'),
      svg('<path fill="url(https://example.org/a)"/>'),
      svg('<path fill="ur&#108;(https://example.org)"/>'),
      svg('<foreignObject><p>a</p></foreignObject>'),
      svg('<svg/>'),
      svg('<g>'),
      Buffer.from(`<!DOCTYPE svg [<!ENTITY a "b">]>${PLAIN}`),
      svg('', ' style="background:red"'),
    ])
      expect(refusal(hostile), hostile.toString()).to.equal('brand.logo-svg');
    const bomb = chunk('IDAT', deflateSync(Buffer.alloc(5_000_000)));
    expect(refusal(png(header(1), bomb))).to.equal('brand.logo-broken');
    expect(refusal(png(header(9000), PIXEL))).to.equal('brand.logo-pixels');
    expect(refusal(png(header(1), PIXEL).fill(7, 20, 24))).to.equal('brand.logo-broken');
    expect(refusal(Buffer.from('GIF89a'))).to.equal('brand.logo-kind');
    expect(refusal(Buffer.alloc(200_001))).to.equal('brand.logo-size');
  });

  it('keeps of a PNG its picture, and neither its notes nor what hangs behind', () => {
    const clean = png(header(1), PIXEL);
    const noted = Buffer.concat([
      png(header(1), chunk('tEXt', Buffer.from('by Alice')), PIXEL),
      Buffer.from('more'),
    ]);
    expect(safeLogo(noted).content.equals(clean)).to.equal(true);
  });

  it('refuses colours that nobody could read, and says which and by how much', async () => {
    expect(contrastOf('#000000', '#FFFFFF')).to.be.closeTo(21, 0.01);
    const refused = async (colours: object) => (await api('PUT', '/brand', { ...LOOK, colours })).body.detail;
    expect(await refused({ primary: '#FFC000', accent: '#000000' })).to.include(
      'main colour has a contrast of 1.6 to 1',
    );
    expect(await refused({ primary: '#0B2239', accent: '#1D4466' })).to.include(
      'second colour has a contrast of 1.',
    );
  });

  it('stands in the snapshot, so that what is changed later changes no report that was asked for', async () => {
    expect((await api('PUT', '/brand', LOOK)).body.colours.primary).to.equal('#5B1647');
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(PLAIN)]), 'logo.svg');
    const cookie = await cookiesOf(test, test.acme.emails.owner);
    const sent = await fetch(`${test.url}/portfolio/brand/logo`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: test.url, cookie },
      body: form,
    });
    expect(sent.status).to.equal(303);
    const asked = (await api('POST', `/clients/${test.acme.client}/reports`, { kind: 'coverage' })).body;
    await api('DELETE', '/brand/logo');

    const { snapshot } = await test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('reports').select('snapshot').where('id', '=', asked.id).executeTakeFirstOrThrow(),
    );
    const html = renderReportHtml(JSON.parse(snapshot) as ReportSnapshot, loadTemplates());
    expect(html)
      .to.include(`src="data:image/svg+xml;base64,${PLAIN.toString('base64')}"`)
      .and.include('--navy:#5B1647')
      .and.include('Acme Continuité SAS')
      .and.include('1 rue du Port');
    expect((await api('GET', '/brand')).body.logo).to.equal(null);
  });

  it('prints the client’s own words with what they mean', async () => {
    const { client } = test.acme;
    await test.service.inProvider(test.acme.id, ({ db }) =>
      db
        .updateTable('clients')
        .set({ labels: JSON.stringify({ mtpd: 'Arrêt toléré' }) })
        .where('client_id', '=', client)
        .execute(),
    );
    const { id } = (await api('POST', `/clients/${client}/reports`, { kind: 'coverage' })).body;
    const { snapshot } = await test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('reports').select('snapshot').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    const html = renderReportHtml(JSON.parse(snapshot) as ReportSnapshot, loadTemplates());
    expect(html).to.match(
      /<dt>Arrêt toléré<\/dt><dd>Mot de ce client pour «\u202fDMIA \(MTPD\)\u202f»\. Durée maximale/,
    );
  });
});
