import { expect } from 'chai';
import { canonical } from '#/plans/canonical.ts';
import { makeReportPdf } from '#/server/pdf/make-report.ts';
import { createSealIdentity } from '#/server/pdf/seal-identity.ts';
import { verifyReport } from '#/server/pdf/verify.ts';
import { loadTemplates } from '#/server/templates.ts';
import { ATELIERS, HOSTILE, NOBODY, snapshotOf } from '../reports/examples.ts';
import { PRINT, PROVIDER, runProgram, withFile } from './support.ts';

describe('making a report', () => {
  const templates = loadTemplates();

  for (const [name, facts] of Object.entries({ ATELIERS, NOBODY, HOSTILE }))
    it(`draws and seals ${name}, with its snapshot as evidence`, async () => {
      const snapshot = snapshotOf(facts, 'fr');
      const identity = await createSealIdentity({ ...PROVIDER, now: new Date(snapshot.madeAt) });
      const { pdf, sha256, pages } = await makeReportPdf({ snapshot, identity, print: PRINT, templates });

      const found = verifyReport(pdf, { roots: [identity.certificates], issuedSha256: sha256 });
      expect(found.verdict, found.reason).to.equal('intact');
      expect(canonical(found.evidence)).to.equal(canonical(snapshot));
      await withFile(pdf, async (file) => {
        expect((await runProgram('pdfsig', file)).output).to.include('Total document signed');
        expect((await runProgram('qpdf', '--check', file)).status).to.equal(0);
        const { output } = await runProgram('pdfinfo', file);
        expect(output).to.match(new RegExp(`Pages: +${pages}\n`));
        expect(output).to.include(`Subject:         ${snapshot.reference}`);
      });
    });
});
