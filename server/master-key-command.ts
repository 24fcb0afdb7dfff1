/** Master keys that a command tells, such as the client of a key service: asked at the start, and again every minute while they are used. */
import { execFile, execFileSync } from 'node:child_process';
import { StartError } from './start-error.ts';

export interface KeyCommand {
  command: string;
  /** How long an answer is good for. */
  freshMs: number;
}

const SHELL = '/bin/sh';
const LIMITS = { timeout: 30_000, maxBuffer: 65_536, encoding: 'utf8' } as const;

/** While it does not answer, or answers nothing that can be read, the keys known before stay. */
export function watchCommand<Keys>(
  { command, freshMs }: KeyCommand,
  parse: (text: string) => Keys,
): () => Keys {
  let known = { keys: parse(askAtStart(command)), at: Date.now() };
  let isAsked = false;
  const askAgain = () => {
    isAsked = true;
    execFile(SHELL, ['-c', command], LIMITS, (error, text) => {
      isAsked = false;
      try {
        if (error) throw new StartError(failed(error));
        known = { keys: parse(text), at: Date.now() };
      } catch (fault) {
        process.emitWarning(`${(fault as Error).message} The keys known before stay.`);
        known = { ...known, at: Date.now() };
      }
    });
  };
  return () => {
    if (!isAsked && Date.now() - known.at > freshMs) askAgain();
    return known.keys;
  };
}

/** The error of the call itself carries what the command wrote, so nothing of it goes on. */
function askAtStart(command: string): string {
  try {
    return execFileSync(SHELL, ['-c', command], { ...LIMITS, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    throw new StartError(failed(error as { status?: number | null }));
  }
}

const failed = ({ status, code }: { status?: number | null; code?: unknown }) =>
  `MASTER_KEY_COMMAND told no keys: it ended with ${status ?? code ?? 'a signal'}.`;
