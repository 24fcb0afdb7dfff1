import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import Handlebars from 'handlebars';
import { LOCALES, type Locale } from '#/plans/reports/head.ts';
import { loadTemplates } from '#/server/templates.ts';
import { PAGES } from './pages.ts';

const templates = loadTemplates();
const LANGUAGES = LOCALES;
const escaped = Handlebars.Utils.escapeExpression;

/** The longest part of a key's sentence that no value is put into. */
function wordsOf(locale: Locale, key: string): string {
  const parts = templates.say(locale, key).split(/\{\w+\}/);
  return escaped(parts.sort((left, right) => right.length - left.length)[0]?.trim() ?? '');
}

describe('pages', () => {
  for (const { name, template, data, reads } of PAGES)
    for (const locale of LANGUAGES)
      it(`${name} says every branch in ${locale}`, () => {
        const html = templates.render(template, locale, { ...data, locale });
        for (const read of reads)
          expect(html).to.include(read.startsWith('=') ? read.slice(1) : wordsOf(locale, read));
        expect(html, 'an unfilled value').to.not.match(/\{\w+\}|\[object|undefined|NaN/);
      });

  it('shows the API as it describes itself', () => {
    const operation = { summary: 'Clients', responses: { 200: { description: 'Done' } } };
    const openapi = {
      info: { title: 'Reprise', version: '0.1.0', description: 'About' },
      paths: { '/api/v1/clients': { get: operation } },
    };
    const html = templates.render('api-docs', 'en', { openapi, locale: 'en', title: 'API' });
    expect(html).to.include('/api/v1/clients').and.to.include('Clients');
  });

  it('runs nothing inline, which the content policy would refuse', () => {
    for (const { template, data } of PAGES) {
      const html = templates.render(template, 'en', { ...data, locale: 'en' });
      expect(html).to.not.match(/<script>|\sstyle=|\son[a-z]+=|javascript:/);
    }
  });

  it('says no value under the name of a helper, which would be asked in its place', () => {
    const helpers = [
      'action',
      'bytes',
      'date',
      'day',
      'duration',
      'finding',
      'number',
      'percent',
      'reason',
      'said',
      'time',
    ];
    const bare = new RegExp(`\\{\\{(?:${helpers.join('|')})\\}\\}`);
    const named = readdirSync('templates', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.hbs'))
      .filter((file) => bare.test(readFileSync(`templates/${file}`, 'utf8')));
    expect(bare.test('<b>{{number}}</b>')).to.equal(true);
    expect(named).to.deep.equal([]);
  });

  it('keeps what people typed out of the markup', () => {
    const page = PAGES.find(({ name }) => name === 'portfolio');
    const html = templates.render('portfolio', 'en', { ...page?.data, locale: 'en', search: '"><b>x' });
    expect(html).to.include('&quot;&gt;&lt;b&gt;x').and.not.to.include('<b>x');
  });

  it('starts an empty field with nothing that the page holds for something else', () => {
    const page = PAGES.find(({ name }) => name === 'portfolio');
    expect(templates.render('portfolio', 'en', { ...page?.data, locale: 'en' })).to.match(
      /id="client-sector"[^>]* value=""/,
    );
  });

  it('names each control once, so that labels and errors point at the right one', () => {
    for (const { name, template, data } of PAGES) {
      const html = templates.render(template, 'en', { ...data, locale: 'en' });
      const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
      expect(repeated, name).to.deep.equal([]);
    }
  });
});

describe('terms whose usage clashes', () => {
  const inventory = PAGES.find(({ name }) => name === 'inventory')!;
  const shown = (labels: object) =>
    templates.render(inventory.template, 'fr', {
      ...inventory.data,
      client: { ...(inventory.data as { client: object }).client, labels },
      locale: 'fr',
    });

  it('are called what the client calls them, and otherwise as we do', () => {
    expect(shown({})).to.include('<th scope="col">RTO</th>').and.include('<th scope="col">DMIA</th>');
    expect(shown({ rto: 'Délai <cible>' }))
      .to.include('<th scope="col">Délai &lt;cible&gt;</th>')
      .and.include('<th scope="col">DMIA</th>')
      .and.not.include('<th scope="col">RTO</th>');
  });
});

describe('the audit trail', () => {
  it('tells every action in every language, and one of another version by its name', () => {
    const actions = recordedActions();
    expect(actions.length).to.be.greaterThan(35);
    for (const locale of LANGUAGES)
      expect(
        actions.filter((action) => !templates.has(locale, `action.${action}`)),
        locale,
      ).to.deep.equal([]);
    const list = PAGES.find(({ name }) => name === 'audit')?.data as { events: { event: object }[] };
    const events = list.events.map((one) => ({ ...one, event: { ...one.event, action: 'kite.flown' } }));
    expect(templates.render('audit/list', 'en', { ...list, events, locale: 'en' })).to.include(
      '<strong>kite.flown',
    );
  });
});

/** Every action that the domain or the server writes down, as it stands in the source. */
function recordedActions(): string[] {
  const written = sourceOf(['plans', 'server']).matchAll(
    /\brecord\(\s*(?:work|\{[^}]*\}),\s*(?:\w+ \? '([a-z-]+\.[a-z-]+)' : )?'([a-z-]+\.[a-z-]+)'/g,
  );
  const ends = ['plan-version.approved', 'plan-version.refused'];
  const states = ['passed', 'failed', 'inconclusive'].map((state) => `restore-test.${state}`);
  return [
    ...new Set([
      ...[...written].flatMap(([, first, second]) => [first ?? [], second ?? []].flat()),
      ...ends,
      ...states,
    ]),
  ];
}

describe('refusals', () => {
  const keys = refusalKeys();

  it('are found in the source', () => expect(keys.length).to.be.greaterThan(50));

  for (const locale of LANGUAGES)
    it(`each have a sentence in ${locale}`, () => {
      const missing = keys.filter((key) => !templates.has(locale, key));
      expect(missing).to.deep.equal([]);
    });
});

/** Every key that the domain or the server refuses with, as it stands in the source. */
function refusalKeys(): string[] {
  const source = sourceOf(['plans', 'server']);
  const thrown = source.matchAll(
    /\b(?:conflict|invalid|new Refusal)\(\s*(?:'[\w-]+',\s*)?'([a-z-]+\.[a-z-]+)'/g,
  );
  const checked = source.matchAll(/error: '([a-z-]+\.[a-z-]+)'/g);
  const http = source.matchAll(/'(http\.[a-z-]+)'/g);
  const absent = [...source.matchAll(/\bnotFound\('([\w-]+)'/g)].map(([, noun]) => `not-found.${noun}`);
  const found = [...thrown, ...checked, ...http].flatMap(([, key]) => (key ? [key] : []));
  return [...new Set([...found, ...absent])].sort();
}

function sourceOf(folders: string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}
