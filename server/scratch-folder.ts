import { mkdir, readdir, rm } from 'node:fs/promises';

/**
 * A folder of this process for work under way, empty. What processes that died left behind is removed: dumps lie
 * there in the clear while they are packed. Answers the folder's path.
 */
export async function openScratchFolder(dataDir: string): Promise<string> {
  const base = `${dataDir}/scratch`;
  await mkdir(base, { recursive: true, mode: 0o700 });
  for (const name of await readdir(base))
    if (name === String(process.pid) || !isAlive(Number(name)))
      await rm(`${base}/${name}`, { recursive: true, force: true });
  const own = `${base}/${process.pid}`;
  await mkdir(own, { mode: 0o700 });
  return own;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
