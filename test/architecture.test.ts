import { globSync, readFileSync } from 'node:fs';
import { posix as path } from 'node:path';
import { expect } from 'chai';

/** Which folders a folder may import from, besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  plans: [],
  jobs: ['plans'],
  server: ['jobs', 'plans'],
  test: ['server', 'jobs', 'plans'],
};

/** The engine and what it stands on know neither the database nor HTTP: agent and command line share them. */
const ENGINE = ['jobs/recovery-points', 'jobs/sources', 'jobs/stores', 'jobs/verifiers'];

/** Packages with a side on the outside world, and the files that may import them. */
const KEPT_BY: Record<string, RegExp> = {
  pg: /^(server\/(database|migrate|generate-tables)\.ts|jobs\/sources\/postgresql-connection\.ts)$/,
  'pg-boss': /^jobs\/queue\.ts$/,
  'node-cron': /^jobs\/clock\.ts$/,
  handlebars: /^server\/templates\.ts$/,
  'mysql2/promise': /^jobs\/sources\/mariadb-connection\.ts$/,
  '@aws-sdk/client-s3': /^jobs\/(stores\/s3[\w-]*|sources\/s3-objects)\.ts$/,
  'puppeteer-core': /^server\/pdf\/closed-browser\.ts$/,
  '@node-rs/argon2': /^server\/passwords\.ts$/,
  '@zxcvbn-ts/core': /^server\/password-strength\.ts$/,
  pino: /^server\/log\.ts$/,
  nodemailer: /^server\/alerts\/mail\.ts$/,
  'prom-client': /^server\/metrics\.ts$/,
  jose: /^(jobs|server)\/agents?\//,
  express: /^server\/(app|metrics)\.ts$|^server\/http\//,
  marked: /^server\/http\/markdown\.ts$/,
};

/** What the domain may take from outside. */
const DOMAIN_PACKAGES = ['kysely', 'zod', 'node:crypto', 'node:url', 'node:path', 'node:fs'];

/** Names that a program started by us needs as well. */
const OF_PROGRAMS = ['PATH', 'HOME', 'PGPASSFILE', 'PGSSLROOTCERT'];

/** Start programs with a few named parts of the environment, and nothing else of it. */
const HANDS_ON = ['jobs/recovery-points/in-child.ts'];

const files = globSync('{plans,jobs,server,test}/**/*.ts');
const imports = new Map(files.map((file) => [file, importsOf(file)] as const));

describe('the house', () => {
  it('folders import in one direction', () => {
    const wrong = everyImport().filter(
      ([file, target]) =>
        isFile(target) &&
        folder(target) !== folder(file) &&
        !MAY_IMPORT[folder(file)]?.includes(folder(target)),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('the engine stands alone', () => {
    const wrong = everyImport()
      .filter(([file]) => ENGINE.some((part) => file.startsWith(`${part}/`)))
      .filter(([, target]) => isFile(target) && !ENGINE.some((part) => target.startsWith(`${part}/`)));
    expect(wrong).to.deep.equal([]);
  });

  it('the domain needs little', () => {
    const wrong = everyImport()
      .filter(([file]) => folder(file) === 'plans')
      .filter(
        ([, target]) => !isFile(target) && !target.endsWith('.json') && !DOMAIN_PACKAGES.includes(target),
      );
    expect(wrong).to.deep.equal([]);
  });

  it('some packages have a keeper', () => {
    const wrong = everyImport()
      .filter(([file]) => folder(file) !== 'test')
      .filter(([file, name]) => KEPT_BY[name] && !KEPT_BY[name].test(file));
    expect(wrong).to.deep.equal([]);
  });

  it('contention alone looks past who asks', () => {
    const users = everyImport()
      .filter(([file, target]) => folder(file) !== 'test' && target.endsWith('every-client.ts'))
      .map(([file]) => file);
    expect(users).to.deep.equal(['server/routes/contention.ts']);
  });

  it('no file imports itself through others', () => {
    const done = new Set<string>();
    const visit = (file: string, trail: string[]): void => {
      expect(trail, [...trail, file].join(' → ')).to.not.include(file);
      if (done.has(file)) return;
      for (const target of imports.get(file) ?? []) visit(target, [...trail, file]);
      done.add(file);
    };
    for (const file of imports.keys()) visit(file, []);
  });

  it('one file reads settings; others take from the environment only what programs of the system look at', () => {
    const readers = files.filter(
      (file) =>
        folder(file) !== 'test' &&
        !HANDS_ON.includes(file) &&
        namesReadIn(readFileSync(file, 'utf8')).some((name) => !OF_PROGRAMS.includes(name)),
    );
    expect(readers).to.deep.equal(['server/settings.ts']);
    expect(namesReadIn('const { A, B: b } = process.env; process.env.C; f(process.env)')).to.deep.equal([
      'C',
      'A',
      'B',
      '*',
    ]);
  });

  it('notices a bad import', () => {
    expect(
      specifiersIn(`import '#/server/app.ts';\nimport type { A } from './b.ts';\nawait import('c');`),
    ).to.deep.equal(['#/server/app.ts', './b.ts', 'c']);
  });
});

function everyImport(): [string, string][] {
  return [...imports].flatMap(([file, targets]) => targets.map((target): [string, string] => [file, target]));
}

function importsOf(file: string): string[] {
  return specifiersIn(readFileSync(file, 'utf8')).map((name) => {
    if (name.startsWith('#/')) return name.slice(2);
    if (name.startsWith('.')) return path.join(path.dirname(file), name);
    return name;
  });
}

function specifiersIn(text: string): string[] {
  return [...text.matchAll(/(?:^|[;\s])(?:from|import)\s*\(?\s*'([^']+)'/gm)].map(([, name = '']) => name);
}

/** Names of the environment that a file reads; `*` when it takes it whole. */
function namesReadIn(text: string): string[] {
  const direct = [...text.matchAll(/process\.env\.(\w+)/g)].map(([, name = '']) => name);
  const taken = [...text.matchAll(/\{([^{}]*)\}\s*=\s*process\.env\b(?!\.)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => (name.split(':')[0] ?? '').trim()),
  );
  const whole = /(?<!\}\s*=\s*)process\.env\b(?!\.\w)/.test(text) ? ['*'] : [];
  return [...direct, ...taken.filter(Boolean), ...whole];
}

const isFile = (target: string) => target.endsWith('.ts');
const folder = (file: string) => file.split('/')[0] ?? '';
