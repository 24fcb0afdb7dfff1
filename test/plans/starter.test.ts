import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { PLAN_KINDS } from '#/plans/facts.ts';
import { circleOf, repeatedKey } from '#/plans/keyed.ts';
import { SECTIONS_OF } from '#/plans/plan-sections.ts';
import { hasStarter, readStarter, STARTER_KINDS } from '#/plans/starter-plans.ts';
import { commandsOf, faultsOf, placeholdersOf, shapeOf } from './starter-format.ts';

const LANGUAGES = ['fr', 'en', 'nl'] as const;
const FOLDER = 'plans/starter';
const KIT = 'jobs/recovery-points/restore-kit';

const filesOf = (kind: string, language: string) => readdirSync(`${FOLDER}/${kind}/${language}`).sort();
const textOf = (kind: string, language: string, file: string) =>
  readFileSync(`${FOLDER}/${kind}/${language}/${file}`, 'utf8');
const sectionsIn = (kind: string, language: string) =>
  filesOf(kind, language).map((file) => ({ file, text: textOf(kind, language, file) }));

describe('the texts that plans start from', () => {
  it('are there for every kind of plan but one, whose steps are those of a PRA', () => {
    expect(PLAN_KINDS.filter((kind) => !hasStarter(kind))).to.deep.equal(['it-recovery']);
  });

  for (const kind of STARTER_KINDS) {
    describe(kind, () => {
      for (const language of LANGUAGES) {
        it(`says in ${language} all that a plan of its kind must, in the order in which it is read`, () => {
          const files = filesOf(kind, language);
          expect(files).to.deep.equal(
            SECTIONS_OF[kind].map((section, at) => `${String(at + 1).padStart(2, '0')}-${section}.md`),
          );
          const { title, sections } = readStarter(kind, language);
          expect(title).to.match(/\S{3}/);
          for (const { kind: section, title, body } of sections) {
            expect(title, section).to.match(/^\S/);
            expect(body.length, section).to.be.within(500, 100_000);
          }
        });

        it(`keeps in ${language} to the format`, () => {
          const faults = sectionsIn(kind, language).flatMap(({ file, text }) =>
            faultsOf(text).map((fault) => `${file}:${fault}`),
          );
          expect(faults).to.deep.equal([]);
        });
      }

      it('asks and orders the same in every language', () => {
        for (const { file, text } of sectionsIn(kind, 'fr'))
          for (const language of ['en', 'nl'])
            expect(shapeOf(textOf(kind, language, file)), `${language}/${file}`).to.deep.equal(shapeOf(text));
      });

      it('was translated, not copied', () => {
        const [fr, en, nl] = LANGUAGES.map((language) => readStarter(kind, language));
        for (const [at, { kind: section }] of fr!.sections.entries())
          expect(new Set([fr, en, nl].map((each) => each!.sections[at]!.body)).size, section).to.equal(3);
        for (const [at, { key }] of fr!.steps.entries())
          expect(new Set([fr, en, nl].map((each) => each!.steps[at]!.action)).size, key).to.equal(3);
      });

      it('has a runbook whose steps wait for earlier ones only, each with its time and its test', () => {
        const { steps } = readStarter(kind, 'fr');
        const keys = steps.map(({ key }) => key);
        expect(keys.length).to.be.above(9);
        expect(repeatedKey(keys)).to.equal(null);
        for (const [at, { key, after, p50Seconds, p90Seconds, successTest, role }] of steps.entries()) {
          expect(keys.slice(0, at), key).to.include.members(after.map((wait) => wait.key));
          expect(p50Seconds, key).to.be.above(0);
          expect(p90Seconds, key).to.be.least(p50Seconds!);
          expect(successTest, key).to.be.a('string');
          expect(role, key).to.be.a('string');
        }
        expect(
          circleOf(new Map(steps.map(({ key, after }) => [key, after.map((wait) => wait.key)]))),
        ).to.equal(null);
      });

      it('names its steps in the language of who reads and types their keys, and orders them alike', () => {
        const [fr, en, nl] = LANGUAGES.map((language) => {
          const { steps } = readStarter(kind, language);
          const place = new Map(steps.map(({ key }, at) => [key, at]));
          expect(place.size, language).to.equal(steps.length);
          return { steps, waits: steps.map(({ after }) => after.map(({ key }) => place.get(key))) };
        });
        expect(fr!.waits).to.deep.equal(en!.waits);
        expect(nl!.waits).to.deep.equal(en!.waits);
        const same = fr!.steps.filter(({ key }, at) => key === en!.steps[at]!.key);
        expect(same.map(({ key }) => key)).to.deep.equal([]);
      });

      it('leaves no question of the runbook open in one language and answered in another', () => {
        const asked = LANGUAGES.map((language) =>
          readStarter(kind, language).steps.map((step) => placeholdersOf(JSON.stringify(step)).length),
        );
        expect(asked[1]).to.deep.equal(asked[0]);
        expect(asked[2]).to.deep.equal(asked[0]);
      });
    });
  }

  it('give the commands that lie beside the backups', () => {
    const page = commandsOf(readFileSync(`${KIT}/RESTORE.md`, 'utf8'))
      .join('\n')
      .replaceAll('$ASSET', 'files');
    const script = readFileSync(`${KIT}/restore.sh`, 'utf8');
    const commands = commandsOf(textOf('drp', 'fr', '08-degraded.md'));
    const restores = commands.filter((command) => command.startsWith('sh restore.sh '));

    expect(restores).to.have.length(1);
    for (const [option] of restores[0]!.matchAll(/--\w+/g)) expect(script).to.include(`\n    ${option}) `);
    for (const begin of ['ls ', 'openssl ']) {
      const command = commands.find((each) => each.startsWith(begin));
      expect(page.split('\n'), begin).to.include(command);
    }
  });
});

describe('the check of starter texts', () => {
  const sound = '# Roles\n\nSomebody decides.\n\n| Who | What |\n| --- | --- |\n| [[name]] | decides |\n';

  it('finds nothing in a sound text', () => {
    expect(faultsOf(sound)).to.deep.equal([]);
    expect(faultsOf(`${sound}\n\`\`\`sh\n# no title\nls <folder>\n\`\`\`\n`)).to.deep.equal([]);
  });

  const planted: [string, string][] = [
    ['no title', sound.slice(2)],
    ['a second title', sound.replace('Somebody', '# Somebody')],
    ['no single end of line', sound.trimEnd()],
    ['space at the end', sound.replace('decides.', 'decides. ')],
    ['a placeholder that is empty', sound.replace('[[name]]', '[[ ]]')],
    ['nested', sound.replace('[[name]]', '[[name of [[whom]]]]')],
    ['does not end on its line', sound.replace('decides.', 'decides [[when\never]].')],
    ['a placeholder with a bar', sound.replace('decides.', 'decides [[now|later]].')],
    ['rows of a table differ', sound.replace('| decides |', '| decides | now |')],
    ['too few', sound.replace('| [[name]] | decides |\n', '')],
    ['a block of commands that does not end', `${sound}\n\`\`\`sh\nls\n`],
    ['HTML', sound.replace('Somebody', '<b>Somebody</b>')],
    ['an image', sound.replace('Somebody', '![Somebody]')],
    ['a link', sound.replace('Somebody', '[Somebody](other.md)')],
  ];
  for (const [fault, text] of planted)
    it(`finds ${fault}`, () => {
      expect(faultsOf(text).join('\n')).to.include(fault);
    });

  it('tells two languages apart that ask, list, command or count differently', () => {
    const text = `${sound}\n- [ ] within [[4 h]]\n\n\`\`\`sh\nls a\n\`\`\`\n`;
    for (const [from, to] of [
      ['# Roles', '## Roles'],
      ['| decides |', '| decides |\n| one | more |'],
      ['- [ ] ', '- '],
      ['[[name]]', 'name'],
      ['[[4 h]]', '[[6 h]]'],
      ['ls a', 'ls b'],
    ] as const)
      expect(shapeOf(text.replace(from, to)), to).to.not.deep.equal(shapeOf(text));
  });
});
