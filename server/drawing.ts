/** What a worker draws: reports and crisis packs, all through one press. */
import type { Tools } from '#/jobs/job.ts';
import type { Press } from './pdf/press.ts';
import { publishRoot } from './report-roots.ts';
import type { Settings } from './settings.ts';
import type { Templates } from './templates.ts';

export type Drawing = Pick<Tools, 'makeReport' | 'makeCrisisPack'> & AsyncDisposable;

/** What draws and seals takes half a second to load, and most processes never draw: it is loaded when it is needed. */
export function openDrawing({ dataDir, chromiumPath }: Settings, templates: Templates): Drawing {
  let press: Promise<Press> | undefined;
  const printFor = async (provider: string) => {
    press ??= import('./pdf/press.ts').then(({ openPress }) =>
      openPress({ chromiumPath, cacheDir: `${dataDir}/programs` }),
    );
    return (await press).printFor(provider);
  };
  return {
    makeReport: async ({ provider, snapshot, sealingKey, certificates }) => {
      const { makeReportPdf } = await import('./pdf/make-report.ts');
      await publishRoot(dataDir, certificates);
      return makeReportPdf({
        snapshot: JSON.parse(snapshot),
        identity: { privateKey: sealingKey, certificates },
        print: await printFor(provider),
        templates,
      });
    },
    makeCrisisPack: async ({ provider, snapshot, sealingKey, certificates }) => {
      const { makePack } = await import('./crisis-pack/make-pack.ts');
      return makePack(JSON.parse(snapshot), {
        identity: { privateKey: sealingKey, certificates },
        print: await printFor(provider),
        templates,
      });
    },
    [Symbol.asyncDispose]: async () => (await press)?.[Symbol.asyncDispose](),
  };
}
