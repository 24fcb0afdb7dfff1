import { readFileSync } from 'node:fs';
import { WRITER } from '#/jobs/recovery-points/tools.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Versions that reports and documents print. */
export const VERSIONS = { product: version, engine: WRITER } as const;
