/** Names and versions of what writes and reads recovery points, for heads, manifests and evidence. */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** This program, as heads name it. */
export const WRITER = `reprise ${version}`;

export function toolVersions(): Record<string, string> {
  const { node, zstd = 'unknown', openssl } = process.versions;
  return { reprise: version, node, zstd, openssl };
}
