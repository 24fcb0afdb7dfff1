/** What the report says of three clients, in every language, and what it never says. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { canonical, sha256 } from '#/plans/canonical.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import { LOCALES, type Locale } from '#/plans/reports/head.ts';
import { REPORT_KINDS } from '#/plans/reports/kinds.ts';
import type { ReportSnapshot } from '#/plans/reports/snapshot.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { loadTemplates } from '#/server/templates.ts';
import { documentOf, KINDS } from './documents.ts';
import { ATELIERS, HOSTILE, NOBODY, snapshotOf } from './examples.ts';

const templates = loadTemplates();
const CLIENTS = { ATELIERS, NOBODY, HOSTILE };

const drawn = (snapshot: ReportSnapshot) => renderReportHtml(snapshot, templates);
const bodyOf = (html: string) => html.slice(html.indexOf('<body>'));
/** What a reader sees, without spaces that may not break. */
const textOf = (html: string) =>
  bodyOf(html)
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\s\u00a0\u202f]+/g, ' ');

const documents = (facts: ClientFacts, locale: Locale) =>
  KINDS.flatMap((kind) => documentOf(kind, facts, locale) ?? []);

describe('a report', () => {
  for (const [name, facts] of Object.entries(CLIENTS))
    for (const locale of LOCALES)
      for (const snapshot of documents(facts, locale))
        it(`of the kind ${snapshot.kind} tells ${name} in ${locale} without a word missing`, () => {
          const text = textOf(drawn(snapshot));

          expect(text).not.to.match(/\{\w+\}|undefined|NaN|\[object|report\.[a-z]|null/);
          expect(text).not.to.match(/\bcompliant\b|\bconformes?\b(?! aux besoins)/i);
        });

  it('is of every kind', () => {
    expect(documents(ATELIERS, 'fr').map(({ kind }) => kind)).to.have.members(REPORT_KINDS);
  });

  it('says the same of the same snapshot, to the last character', () => {
    for (const snapshot of documents(ATELIERS, 'fr'))
      expect(drawn(structuredClone(snapshot))).to.equal(drawn(snapshot));
  });

  it('prints the hash of the snapshot it was given', () => {
    for (const snapshot of documents(HOSTILE, 'en')) {
      const shown = textOf(drawn(snapshot)).replaceAll(' ', '');
      expect(shown, snapshot.kind).to.contain(sha256(canonical(snapshot)));
    }
  });

  it('leads by its code to the page that verifies it, with what is printed beside the code', () => {
    for (const given of documents(ATELIERS, 'fr').filter(({ kind }) => kind !== 'cards')) {
      const snapshot = { ...given, verifyAt: 'https://reprise.example.com/verify' };
      const start = sha256(canonical(snapshot)).slice(0, 16);
      const html = drawn(snapshot);
      expect(html, given.kind).to.contain(
        `https://reprise.example.com/verify?r=${snapshot.reference}&amp;h=${start}`,
      );
      expect(textOf(html), given.kind).to.contain('https://reprise.example.com/verify');
    }
  });

  it('leads every line of the contents to a place that exists', () => {
    for (const snapshot of documents(ATELIERS, 'fr')) {
      const html = drawn(snapshot);
      const asked = [...html.matchAll(/data-toc="([^"]+)"/g)].map(([, id]) => id);
      if (snapshot.kind === 'readiness') expect(asked).to.have.length(9);
      for (const id of asked) expect(html).to.contain(`id="${id}"`);
    }
  });

  it('leads every evidence number to its row', () => {
    for (const snapshot of documents(HOSTILE, 'en')) {
      const html = drawn(snapshot);
      for (const [, id] of html.matchAll(/class="chip" href="#([^"]+)"/g))
        expect(html).to.contain(`<tr id="${id}"`);
    }
  });

  it('lets no name become markup or end the style', () => {
    for (const snapshot of documents(HOSTILE, 'fr')) {
      const html = drawn(snapshot);
      expect(html).not.to.contain('<script');
      expect(html.match(/<\/style>/g)).to.have.length(1);
      expect(html).not.to.contain('\u202e');
    }
    expect(drawn(snapshotOf(HOSTILE, 'fr'))).to.contain('\u2068خدمة الطوارئ ١٢٣ (A)\u2069');
  });

  it('fetches nothing: no address but fragments, data and the name of SVG', () => {
    for (const snapshot of documents(HOSTILE, 'fr')) {
      const html = drawn(snapshot);
      const addresses = [...html.matchAll(/(?:href|src)="([^"]*)"|url\(([^)]{0,12})/g)].map(
        ([, link, url]) => link ?? url,
      );
      for (const address of addresses) expect(address).to.match(/^#|^data:/);
      expect(html).to.contain("default-src 'none'");
    }
  });

  it('has no signs that the fonts lack', () => {
    for (const facts of [ATELIERS, NOBODY])
      for (const snapshot of documents(facts, 'fr'))
        expect(textOf(drawn(snapshot)), snapshot.kind).not.to.match(/[\u2011\u2190-\u21ff\u2300-\u27ff]/);
    const sources = readdirSync('templates/reports').filter(
      (name) => name.endsWith('.hbs') && name !== 'list.hbs',
    );
    for (const name of sources)
      expect(readFileSync(`templates/reports/${name}`, 'utf8'), name).not.to.match(/<em|<strong|<br/);
  });

  it('brings the fonts that names in other alphabets need, and no others', () => {
    const families = (facts: ClientFacts) =>
      new Set(
        [...drawn(snapshotOf(facts, 'fr')).matchAll(/@font-face\{font-family:'(Other \w+)'/g)].map(
          ([, name]) => name,
        ),
      );
    expect([...families(ATELIERS)]).to.deep.equal([]);
    expect([...families(HOSTILE)])
      .to.include('Other Arabic')
      .and.not.include('Other Hebrew');
  });

  it('puts narrow spaces before the high punctuation of French, and none in English or Dutch', () => {
    for (const snapshot of documents(ATELIERS, 'fr'))
      expect(bodyOf(drawn(snapshot))).not.to.match(/>[^<]*[a-zé] [;:!?][^<]*</);
    for (const locale of ['en', 'nl'] as const)
      for (const snapshot of documents(ATELIERS, locale))
        expect(textOf(drawn(snapshot))).not.to.match(/[a-z] [;:!?] /);
  });

  it('names its language to whoever reads it aloud', () => {
    expect(drawn(snapshotOf(ATELIERS, 'nl')))
      .to.contain('<html lang="nl">')
      .and.contain('Herstelgereedheid');
  });
});
