import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sealPdf } from '#/server/pdf/seal.ts';
import { createSealIdentity } from '#/server/pdf/seal-identity.ts';
import {
  DATE,
  drawnReport,
  EVIDENCE,
  PROVIDER,
  providerIdentity,
  runProgram,
  sealedReport,
  withFile,
} from './support.ts';

describe('a sealed report', () => {
  it('is valid and signed as a whole for pdfsig, whatever letters the names hold', async () => {
    await withFile(await sealedReport(), async (file) => {
      const { output } = await runProgram('pdfsig', file);
      expect(output).to.include('Signature is Valid');
      expect(output).to.include('Total document signed');
      expect(output).to.include('ETSI.CAdES.detached');
      expect(output).to.include(`Reports of ${PROVIDER.name}`);
    });
  });

  it('has nothing that qpdf complains about', async () => {
    await withFile(await sealedReport(), async (file) => {
      const { status, output } = await runProgram('qpdf', '--check', file);
      expect(status, output).to.equal(0);
      expect(output).to.include('No syntax or stream encoding errors').and.not.include('WARNING');
    });
  });

  it('says what it is', async () => {
    await withFile(await sealedReport(), async (file) => {
      const { output } = await runProgram('pdfinfo', '-isodates', file);
      expect(output).to.match(/Title: +Préparation <b> à l’épreuve/);
      expect(output).to.match(/Author: +Amarante Continuité, S\.A\. «Nord»/);
      expect(output).to.match(/CreationDate: +2026-03-04T05:06:07/);
      expect(output).to.match(/Tagged: +yes/);
      const metadata = await runProgram('pdfinfo', '-meta', file);
      expect(metadata.output)
        .to.include('Préparation &lt;b&gt; à l’épreuve')
        .and.include('RPR-2026-7F3A9C21');
    });
  });

  it('gives back its evidence', async () => {
    await withFile(await sealedReport(), async (file, folder) => {
      const saved = join(folder, 'saved.json');
      await runProgram('pdfdetach', '-save', '1', '-o', saved, file);
      expect(JSON.parse(await readFile(saved, 'utf8'))).to.deep.equal(EVIDENCE);
    });
  });

  it('begins with what was drawn, byte for byte', async () => {
    const drawn = await drawnReport();
    expect((await sealedReport()).subarray(0, drawn.length).equals(drawn)).to.equal(true);
  });

  it('carries a signature that OpenSSL accepts as CAdES up to the root', async () => {
    const sealed = await sealedReport();
    const [, from, to] = /ByteRange\[0 (\d+) (\d+) /.exec(sealed.toString('latin1'))!.map(Number);
    await withFile(
      Buffer.concat([sealed.subarray(0, from), sealed.subarray(to)]),
      async (content, folder) => {
        const [signature, root] = [join(folder, 'signature.der'), join(folder, 'root.pem')];
        await writeFile(
          signature,
          Buffer.from(sealed.subarray(from! + 1, to! - 1).toString('latin1'), 'hex'),
        );
        await writeFile(root, (await providerIdentity()).certificates.split(/(?=-----BEGIN)/)[1]!);
        const check = [
          '-verify',
          '-cades',
          '-binary',
          '-inform',
          'DER',
          '-in',
          signature,
          '-content',
          content,
        ];
        const { output } = await runProgram(
          'openssl',
          'cms',
          ...check,
          '-CAfile',
          root,
          '-purpose',
          'any',
          '-out',
          '/dev/null',
        );
        expect(output).to.include('CAdES Verification successful');
      },
    );
  });

  it('is not made when its certificate is not valid on its date', async () => {
    const identity = await createSealIdentity({ ...PROVIDER, now: new Date('2020-01-01T00:00:00Z') });
    const drawn = await drawnReport();
    const about = { evidence: '{}', title: '', author: '', reference: '', locale: 'fr' };
    expect(() => sealPdf(drawn, { ...about, identity, date: DATE })).to.throw('not on 2026-03-04');
  });

  it('has room for a signature with the longest names', async () => {
    const identity = await createSealIdentity({ ...PROVIDER, name: '𝔸'.repeat(90) });
    await withFile(await sealedReport(identity), async (file) => {
      expect((await runProgram('pdfsig', file)).output).to.include('Signature is Valid');
    });
  });
});
