import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { drawnReport, providerIdentity, runProgram, sealedReport, withFile } from './support.ts';

const verify = (...args: string[]) =>
  runProgram(process.execPath, 'server/reprise.mjs', 'report', 'verify', ...args);

describe('reprise report verify', () => {
  it('tells an intact report by a root named or kept', async () => {
    await withFile(await sealedReport(), async (file, folder) => {
      const root = await keepRoot(folder);
      const named = await verify(file, '--root', root);
      expect(named).to.include({ status: 0 });
      expect(named.output).to.include('intact').and.include('Amarante Continuité');
      const kept = await verify(file, '--data', folder, '--json');
      expect(kept).to.include({ status: 0 });
      expect(JSON.parse(kept.output)).to.include({ verdict: 'intact', file });
    });
  });

  it('tells one that is altered, and one that is not ours', async () => {
    const altered = Buffer.concat([await sealedReport(), Buffer.from('\n')]);
    for (const [pdf, verdict] of [
      [altered, 'altered'],
      [await drawnReport(), 'not ours'],
    ] as const)
      await withFile(pdf, async (file, folder) => {
        const { status, output } = await verify(file, '--root', await keepRoot(folder));
        expect(status).to.equal(1);
        expect(output).to.include(verdict);
      });
  });

  it('tells a wrong call from a root that is not known', async () => {
    await withFile(await sealedReport(), async (file, folder) => {
      expect((await verify(file, '--data', folder)).status).to.equal(4);
      expect((await verify()).status).to.equal(2);
      expect((await verify(file, '--bad')).status).to.equal(2);
      expect((await verify(join(folder, 'gone.pdf'), '--root', await keepRoot(folder))).status).to.equal(2);
      expect((await verify(file, '--root', join(folder, 'gone.pem'))).status).to.equal(2);
    });
  });
});

async function keepRoot(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'keys', 'report-roots');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'provider.pem');
  await writeFile(file, (await providerIdentity()).certificates);
  return file;
}
