import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { previewRules } from '#/jobs/recovery-points/capture/preview.ts';
import { readRules } from '#/jobs/recovery-points/capture/rules.ts';
import { globOf } from '#/jobs/recovery-points/globs.ts';
import { listFiles } from '#/jobs/recovery-points/restore/list-files.ts';
import { ASSET, makeWorld, type World } from './world.ts';

describe('a glob', () => {
  const fits: [string, string[], string[]][] = [
    ['*.iso', ['a.iso', '.iso'], ['a/b.iso', 'a.isox']],
    ['**/*.iso', ['a.iso', 'a/b/c.iso'], ['a.is']],
    ['a/**/z', ['a/z', 'a/b/c/z'], ['az', 'a/bz']],
    ['a/**', ['a', 'a/b', 'a/b/c'], ['ab']],
    ['a?[0-9]', ['ab1'], ['a/1', 'abc']],
    ['[!a]b', ['cb'], ['ab', '/b']],
    ['{one,t*o}.txt', ['one.txt', 'two.txt'], ['three.txt']],
    ['{[ab],c?}', ['a', 'b', 'cx'], ['c', '[ab]']],
    ['a+(b).$^|', ['a+(b).$^|'], ['aab']],
    ['[', ['['], []],
    ['[z-a]', ['[z-a]'], ['b']],
    ['[a&~|^]', ['a', '&', '^'], ['b']],
  ];
  for (const [glob, yes, no] of fits)
    it(`${glob} means what a shell means by it`, () => {
      for (const name of yes) expect(globOf(glob)(name), name).to.equal(true);
      for (const name of no) expect(globOf(glob)(name), name).to.equal(false);
    });
});

describe('a rule', () => {
  const leavesOut: [string, string[], string[]][] = [
    ['cache/**', ['cache/a', 'cache/.a', 'cache/.a/b', 'cache/a/.b', 'cache/.a/.b/c'], ['cache', 'cached/a']],
    ['cache', ['cache', 'a/cache', '.a/cache/.b'], ['a/cached', 'a.cache']],
    ['cache/', ['cache', 'cache/.a'], ['cached']],
    ['.git', ['.git', 'a/.git', 'a/.git/.b'], ['git', 'a.git']],
    ['.*', ['.a', 'b/.a', 'b/..a'], ['a', 'b/a.c']],
    ['*', ['.a', 'a', 'b/.a'], []],
    ['{.cache,tmp}/**', ['.cache/.a', 'tmp/a'], ['.cache', 'cache/a']],
    ['**/{.cache,tmp}/**', ['.cache/.a', 'a/.b/tmp/.c'], ['a/.cache', 'a/b']],
    ['home/*/.*_history', ['home/alice/.bash_history', 'home/.bob/.x_history'], ['home/.bash_history']],
    ['50% é', ['50%25 é', 'a/50%25 é'], ['50 é']],
  ];
  for (const [glob, out, kept] of leavesOut)
    it(`${glob} leaves out what it names, names that begin with a dot as well`, () => {
      const isLeftOut = readRules({ exclude: [glob], include: [] })!;
      for (const name of out) expect(isLeftOut(name), name).to.equal(true);
      for (const name of kept) expect(isLeftOut(name), name).to.equal(false);
    });

  describe('for a folder with hidden files', () => {
    const rules = { exclude: ['cache/**', '.trash'], include: ['cache/.keep'] };
    let world: World;
    before(async () => {
      world = await makeWorld();
      for (const folder of ['cache/.deep', '.trash', '.config'])
        mkdirSync(path.join(world.source, folder), { recursive: true });
      for (const name of ['cache/.a', 'cache/.deep/.b', 'cache/.keep', '.trash/.c', '.config/.d'])
        writeFileSync(path.join(world.source, name), 'four');
    });
    after(() => world[Symbol.asyncDispose]());

    it('shows beforehand what will be left out', () => {
      expect(previewRules(world.source, rules)).to.deep.equal({
        paths: ['.trash', 'cache/.a', 'cache/.deep'],
        files: 3,
        bytes: 12,
        keptFiles: 2,
        keptBytes: 8,
      });
    });

    it('leaves out just that', async () => {
      const { leftOut, pointId } = await world.backUp({ rules });
      expect(leftOut).to.equal(3);
      const { store, identity, publicKey } = world;
      const request = { store, asset: ASSET, point: pointId, identity, trust: [publicKey], glob: null };
      const { files } = await listFiles(request);
      const paths = (await Array.fromAsync(files)).map((file) => file.path);
      expect(paths).to.deep.equal(['.config/.d', 'cache/.keep']);
    });
  });
});
