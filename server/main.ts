/** The command line: `reprise COMMAND …`. Each command is one file of `cli/`. */
import { StartError } from './start-error.ts';

interface Command {
  usage: string;
  /** Answers the exit status: 0 done, 1 failed, 2 the call is wrong, 3 with reservations, 4 inconclusive. */
  run(args: string[]): Promise<number>;
}

const COMMANDS: Record<string, () => Promise<Command>> = {
  demo: () => import('./cli/demo.ts'),
  serve: () => import('./cli/serve.ts'),
  worker: () => import('./cli/worker.ts'),
  migrate: () => import('./cli/migrate.ts'),
  keys: () => import('./cli/keys.ts'),
  backup: () => import('./cli/backup.ts'),
  points: () => import('./cli/points.ts'),
  verify: () => import('./cli/verify.ts'),
  restore: () => import('./cli/restore.ts'),
  drill: () => import('./cli/drill.ts'),
  agent: () => import('./cli/agent.ts'),
  stores: () => import('./cli/stores.ts'),
  report: () => import('./cli/report.ts'),
  'own-backup': () => import('./cli/own-backup.ts'),
  audit: () => import('./cli/audit.ts'),
  secrets: () => import('./cli/secrets.ts'),
  people: () => import('./cli/people.ts'),
};

/** Runs one command and answers its exit status. */
export async function main([name = '', ...args]: string[]): Promise<number> {
  if (name === '' || name === '--help' || name === 'help') return help();
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    console.error(`There is no command ${JSON.stringify(name)}. reprise --help lists them.`);
    return 2;
  }
  const command = await load();
  if (args.includes('--help')) {
    console.log(command.usage);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function help() {
  for (const load of Object.values(COMMANDS)) console.log((await load()).usage.split('\n')[0]);
  return 0;
}
