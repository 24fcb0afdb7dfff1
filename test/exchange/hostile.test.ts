import { request } from 'node:http';
import { expect } from 'chai';
import { makeArchive } from '#/server/exchange/zip.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { handMade, send, workbookOf } from './files.ts';

const MiB = 1024 * 1024;

describe('a file from a stranger', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const refusal = async (file: Buffer | string, name = 'file.xlsx') => {
    const { status, body } = await send(test, file, { name });
    expect(status, body.detail).to.equal(422);
    expect(body.detail).to.match(/\.$/);
    return body.key as string;
  };

  it('that is no workbook is told apart by its first bytes', async () => {
    expect(await refusal(Buffer.from('d0cf11e0a1b11ae1', 'hex'))).to.equal('exchange.old-workbook');
    expect(await refusal(makeArchive([['word/document.xml', '<w/>']]))).to.equal('exchange.no-workbook');
    expect(await refusal(Buffer.from('PK\x03\x04 and no more'))).to.equal('exchange.broken-archive');
    expect(await refusal(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]))).to.equal('exchange.no-text');
    expect(await refusal('')).to.equal('http.invalid');
    const whole = await workbookOf({
      Sites: [
        ['Nom', 'Type'],
        ['A', 'Bureaux'],
      ],
    });
    expect(await refusal(whole.subarray(0, whole.length - 300))).to.equal('exchange.broken-archive');
    const flipped = Buffer.from(whole);
    flipped[whole.indexOf('xl/worksheets/sheet1.xml') + 60]! ^= 0xff;
    expect(await refusal(flipped)).to.equal('exchange.broken-archive');
  });

  it('that unpacks to more than it may is not unpacked, whatever it declares', async () => {
    const sheet = `<worksheet><sheetData>${' '.repeat(80 * MiB)}</sheetData></worksheet>`;
    const bomb = handMade('Sites', sheet);
    expect(bomb.length).to.be.lessThan(MiB);
    const before = process.memoryUsage().rss;
    expect(await refusal(bomb)).to.equal('exchange.bomb');
    expect(await refusal(declaring(sheet, 1000))).to.equal('exchange.larger-than-declared');
    expect(process.memoryUsage().rss - before).to.be.lessThan(300 * MiB);
  });

  it('may declare no entities, neither many times over nor from elsewhere', async () => {
    const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>`;
    const outside = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet/>`;
    const undeclared = `<worksheet><sheetData><row><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>`;
    for (const sheet of [laughs, outside, undeclared])
      expect(await refusal(handMade('Sites', sheet))).to.equal('exchange.xml-declares');
    for (const sheet of ['<worksheet><sheetData>', '<worksheet></sheet>', '<worksheet a="', '<1/>'])
      expect(await refusal(handMade('Sites', sheet))).to.equal('exchange.broken-xml');
  });

  it('of a hundred thousand rows is counted and not kept', async () => {
    const row = (number: number) =>
      `<row r="${number}"><c r="A${number}" t="inlineStr"><is><t>Asset ${number}</t></is></c><c r="B${number}" t="inlineStr"><is><t>server</t></is></c></row>`;
    const rows = Array.from({ length: 100_000 }, (_, place) => row(place + 2)).join('');
    const head =
      '<row r="1"><c t="inlineStr"><is><t>Name</t></is></c><c t="inlineStr"><is><t>Kind</t></is></c></row>';
    const before = process.memoryUsage().rss;
    const { body } = await send(
      test,
      handMade('Assets', `<worksheet><sheetData>${head}${rows}</sheetData></worksheet>`),
    );
    expect([body.key, body.detail.includes('100,000')]).to.deep.equal(['exchange.too-many-rows-in', true]);
    expect(process.memoryUsage().rss - before).to.be.lessThan(300 * MiB);

    const csv = `Name;Kind\n${Array.from({ length: 100_000 }, (_, place) => `Asset ${place};server\n`).join('')}`;
    expect(await refusal(csv, 'assets.csv')).to.equal('exchange.too-many-rows-in');
    const many = `Name;Kind\n${Array.from({ length: 5001 }, (_, place) => `Asset ${place};server\n`).join('')}`;
    const told = await send(test, many, { name: 'assets.csv' });
    expect(told.body.problems[0].key).to.equal('exchange.too-many-rows');
    const wide = handMade(
      'Assets',
      `<worksheet><sheetData><row><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>`,
    );
    expect(await refusal(wide)).to.equal('exchange.too-wide');
  });

  it('of 200 MB is refused before it is read, and any file of somebody who is not signed in', async () => {
    const large = await begin(200_000_000, test.acme.tokens.consultant);
    expect([large.status, large.key]).to.deep.equal([422, 'http.file-too-large']);
    const unknown = await begin(10_000_000, 'x'.repeat(43));
    expect(unknown.status).to.equal(401);
  });

  /** Says how much will come, sends its first kilobyte, and waits for the answer. */
  const begin = (bytes: number, token: string) =>
    new Promise<{ status: number; key: string }>((done, fail) => {
      const asked = request(`${test.url}/api/v1/clients/${test.acme.client}/uploads`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-length': bytes },
      });
      asked.on('error', fail).on('response', async (response) => {
        const chunks = await response.toArray();
        done({
          status: response.statusCode ?? 0,
          key: JSON.parse(Buffer.concat(chunks).toString()).key,
        });
        asked.destroy();
      });
      asked.write(Buffer.alloc(1000));
    });
});

describe('a CSV file', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const names = async (file: Buffer | string, name: string) => {
    const { body } = await send(test, file, { name });
    expect(body.problems, JSON.stringify(body)).to.deep.equal([]);
    return body.rows.map((row: { name: string }) => row.name);
  };

  it('is read with any separator and encoding, and quoted texts of more than one line', async () => {
    expect(await names('Nom;Type\r\nÉpinal;Bureaux\r\n', 'sites.csv')).to.deep.equal(['Épinal']);
    expect(
      await names('\ufeffName,Kind,Address\n"Depot, ""old""",Office,"1 road\nTown"\n', 'x.csv'),
    ).to.deep.equal(['Depot, "old"']);
    expect(await names('Name\tKind\nA;B\tOffice', 'sites.csv')).to.deep.equal(['A;B']);
    expect(await names('sep=,\r\nNaam,Soort\r\nGent,Kantoor', 'locaties.csv')).to.deep.equal(['Gent']);
    const latin = Buffer.from('Nom;Type\r\nOrléans;Centre de données\r\n', 'latin1');
    expect(await names(latin, 'sites.csv')).to.deep.equal(['Orléans']);
    const wide = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('Nom\tType\r\nNîmes\tBureaux', 'utf16le'),
    ]);
    expect(await names(wide, 'sites.csv')).to.deep.equal(['Nîmes']);
  });

  it('says the cell of what is wrong, and what it could not tell', async () => {
    const { body } = await send(test, 'Nom;Nature;Volume\nA;Serveur;12', { name: 'liste.csv' });
    expect(body.problems.map(({ where }: { where: string }) => where)).to.deep.equal(['C2']);
    const unclear = await send(test, 'Nom;Nature\nA;Bureaux', { name: 'liste.csv' });
    expect(unclear.body.problems[0].key).to.equal('exchange.which-sheet');
    const open = await send(test, 'Nom;Type\n"A;Bureaux', { name: 'sites.csv' });
    expect([open.status, open.body.key]).to.deep.equal([422, 'exchange.open-quote']);
  });

  it('that goes out has no formulas, and comes back as it was', async () => {
    const evil = ['=1+1', '+33 1', '-x', '@SUM(A1)', "'=quoted", 'plain; "text"'];
    const { tokens, client } = test.acme;
    for (const name of evil)
      await test.api(tokens.consultant, 'POST', `/api/v1/clients/${client}/sites`, { name, kind: 'office' });
    for (const query of ['?language=fr', '?language=en', '?language=nl&mark=no', '?separator=,']) {
      const answer = await fetch(`${test.url}/api/v1/clients/${client}/tables/sites${query}`, {
        headers: { authorization: `Bearer ${tokens['client-reader']}` },
      });
      const file = Buffer.from(await answer.arrayBuffer());
      expect(file.subarray(0, 3).toString('hex') === 'efbbbf').to.equal(!query.includes('mark=no'));
      const cells = file
        .toString()
        .replace('\ufeff', '')
        .split(/[;,\r\n]+/);
      expect(cells.filter((cell) => /^"?[=+\-@]/.test(cell))).to.deep.equal([]);
      const { body } = await send(test, file, { name: 'sites.csv' });
      expect([body.problems, body.rows, body.counts.sites.none]).to.deep.equal([[], [], evil.length]);
    }
    const book = await fetch(`${test.url}/api/v1/clients/${client}/workbook`, {
      headers: { authorization: `Bearer ${tokens['client-reader']}` },
    });
    const { body } = await send(test, Buffer.from(await book.arrayBuffer()));
    expect([body.problems, body.rows, body.counts.sites.none]).to.deep.equal([[], [], evil.length]);
  });
});

/** A workbook whose sheet says that it is smaller than it is. */
function declaring(sheet: string, size: number): Buffer {
  const whole = handMade('Sites', sheet);
  const real = Buffer.alloc(4);
  real.writeUInt32LE(Buffer.byteLength(sheet));
  const declared = Buffer.alloc(4);
  declared.writeUInt32LE(size);
  const file = Buffer.from(whole);
  for (let at = file.indexOf(real); at !== -1; at = file.indexOf(real, at + 1)) declared.copy(file, at);
  return file;
}
