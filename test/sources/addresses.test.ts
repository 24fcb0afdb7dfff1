import { expect } from 'chai';
import { openSource } from '#/jobs/sources/open.ts';
import { SourceError } from '#/jobs/sources/source.ts';
import { Refusal } from '#/plans/errors.ts';
import { readSource } from '#/plans/source-addresses.ts';

const work = { places: { sources: ['/srv/allowed'], stores: [] } };

/** What people write; what it is; how it is shown. No word `hidden` may be left. */
const GOOD = [
  ['/srv/allowed/files', 'folder', '/srv/allowed/files'],
  ['postgresql://u:hidden@db/erp', 'postgresql', 'postgresql://u@db/erp'],
  [
    'postgres://u@db/erp?password=hidden&sslmode=require',
    'postgresql',
    'postgres://u@db/erp?sslmode=require',
  ],
  ['mariadb://u:hidden@db:3307/erp', 'mariadb', 'mariadb://u@db:3307/erp'],
  ['mysql://u:hid%23den@db/erp', 'mariadb', 'mysql://u@db/erp'],
  ['sqlite:///srv/allowed/a%20b.db', 'sqlite', 'sqlite:///srv/allowed/a%20b.db'],
  [
    's3://AK:hidden@bucket/in?endpoint=https://s3.example',
    's3',
    's3://AK@bucket/in?endpoint=https://s3.example',
  ],
] as const;

const BAD = [
  ['/srv/other', 'place-not-allowed'],
  ['/srv/allowed/../other', 'place-not-allowed'],
  ['sqlite:///srv/other/a.db', 'place-not-allowed'],
  ['sqlite:///srv/allowed/../other/a.db', 'place-not-allowed'],
  ['sqlite:///srv/allowed/%2e%2e/other/a.db', 'place-not-allowed'],
  ['sqlite:///srv/allowed/..%2Fother/a.db', 'place-not-allowed'],
  ['sqlite:///etc/passwd', 'place-not-allowed'],
  ['sqlite://host/srv/allowed/a.db', 'source'],
  ['sqlite:///srv/allowed/a.db?mode=rwc', 'source'],
  ['sqlite:a.db', 'source'],
  ['mariadb://u:hidden@db/', 'no-database'],
  ['mysql:///erp', 'no-database'],
  ['s3://bucket/in', 'no-keys'],
  ['s3://AK:hidden@/in', 'source'],
  ['s3://AK:hidden@bucket/in?endpoint=file:///etc', 'source'],
  ['ftp://host/x', 'source'],
  ['file:///srv/allowed', 'source'],
  ['relative/path', 'source'],
] as const;

describe('the address of a source', () => {
  it('is read by the service, and shown without its secrets', () => {
    for (const [text, kind, shown] of GOOD) {
      expect(readSource(work, text), text).to.deep.equal({ kind, address: shown });
      expect(shown).to.not.include('hid');
    }
  });

  it('is opened by the engine as the same kind, and shown without its secrets', async () => {
    for (const [text, kind] of GOOD) {
      const source = await openSource(text);
      expect(source.kind, text).to.equal(kind);
      expect(source.address, text).to.not.match(/hid/);
    }
  });

  it('is refused when it is malformed, or of a place that nobody has allowed', () => {
    for (const [text, reason] of BAD) {
      let refusal: unknown = null;
      try {
        readSource(work, text);
      } catch (error) {
        refusal = error;
      }
      expect(refusal, text).to.be.instanceOf(Refusal);
      expect(JSON.stringify(refusal), text).to.include(`backup-policy.${reason}`).and.not.include('hidden');
    }
  });

  it('of an unknown kind is named, with those that are known', async () => {
    for (const text of ['ftp://u:hidden@host/x', 'mongodb://u:hidden@host/x', 'FTP:x']) {
      const refusal = await openSource(text).catch((error: unknown) => error);
      expect(refusal, text).to.be.instanceOf(SourceError);
      expect((refusal as SourceError).message, text)
        .to.match(/is not a source.*mariadb.*sqlite.*s3/)
        .and.not.include('hidden');
    }
  });
});
