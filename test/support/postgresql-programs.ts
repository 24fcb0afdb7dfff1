/** Where the tests keep PostgreSQL's client programs: unpacked once for all of them, in the system's temporary folder. */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the unpacked programs, kept from run to run. */
export async function testProgramsDir(): Promise<string> {
  const folder = join(tmpdir(), `reprise-test-programs-${process.getuid?.() ?? 0}`);
  await mkdir(folder, { recursive: true });
  return folder;
}
