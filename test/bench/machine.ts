/** What the figures were measured on and with. */
import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Contender } from './contender.ts';

/** Says processor, memory, kernel and everybody's version. Throws for a program that is not there. */
export function describeMachine(contenders: Contender[]): { text: string; versions: Record<string, string> } {
  const versions = Object.fromEntries(
    contenders.map(({ name, version }) => [name, versionOf(version.program, version.args)]),
  );
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const programs = Object.entries(versions).map(([name, version]) => `${name}: ${version}`);
  return {
    text: [`${cpus().length} × ${cpus()[0]?.model}, ${memory}, Linux ${release()}`, ...programs].join('; '),
    versions,
  };
}

function versionOf(program: string, args: string[]): string {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(
      `${program} is missing. On Debian: apt-get install restic borgbackup age zstd tar rclone`,
    );
  return stdout.split('\n')[0]!.trim();
}
