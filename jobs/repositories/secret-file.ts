/** Secrets for programs, in private files: an environment can be read for as long as its process runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a secret into a folder that its caller removes, and tells where. */
export function secretFile(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
