/**
 * The walled side of `open-files.ts`: reads paths from its input, a line each, opens them, and says of each that it begins and
 * what came of it. It has no network, may write no file, and dies with who started it.
 */
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { kindOf, openFile } from './open-file.ts';

for await (const line of createInterface({ input: process.stdin })) {
  const path = JSON.parse(line) as string;
  const kind = kindOf(path);
  if (kind === null) continue;
  tell({ begins: path });
  const outcome = openFile(path, kind);
  const sha256 = outcome.state === 'failed' ? hash('sha256', readFileSync(path)) : null;
  tell({ path, kind, ...outcome, sha256, bytes: statSync(path).size });
}

function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
