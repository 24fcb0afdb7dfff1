/** What the report says of three clients, in two languages, and what it never says. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { canonical, sha256 } from '#/plans/canonical.ts';
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { loadTemplates } from '#/server/templates.ts';
import { ATELIERS, HOSTILE, NOBODY, snapshotOf } from './examples.ts';

const templates = loadTemplates();
const CLIENTS = { ATELIERS, NOBODY, HOSTILE };

const drawn = (snapshot: ReadinessSnapshot) => renderReportHtml(snapshot, templates);
const bodyOf = (html: string) => html.slice(html.indexOf('<body>'));
/** What a reader sees, without spaces that may not break. */
const textOf = (html: string) =>
  bodyOf(html)
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\s\u00a0\u202f]+/g, ' ');

describe('the report', () => {
  for (const [name, facts] of Object.entries(CLIENTS))
    for (const locale of ['fr', 'en'] as const)
      it(`tells ${name} in ${locale} without a word missing`, () => {
        const text = textOf(drawn(snapshotOf(facts, locale)));

        expect(text).not.to.match(/\{\w+\}|undefined|NaN|\[object|report\.[a-z]|null/);
        expect(text).not.to.match(/\bcompliant\b|\bconformes?\b(?! aux besoins)/i);
      });

  it('says the same of the same snapshot, to the last character', () => {
    expect(drawn(snapshotOf(ATELIERS, 'fr'))).to.equal(drawn(snapshotOf(ATELIERS, 'fr')));
  });

  it('prints the hash of the snapshot it was given', () => {
    const snapshot = snapshotOf(HOSTILE, 'en');
    const shown = textOf(drawn(snapshot)).replaceAll(' ', '');

    expect(shown).to.contain(sha256(canonical(snapshot)));
  });

  it('leads every line of the contents to a place that exists', () => {
    const html = drawn(snapshotOf(ATELIERS, 'fr'));
    const asked = [...html.matchAll(/data-toc="([^"]+)"/g)].map(([, id]) => id);

    expect(asked).to.have.length(9);
    for (const id of asked) expect(html).to.contain(`id="${id}"`);
  });

  it('leads every evidence number to its row', () => {
    const html = drawn(snapshotOf(HOSTILE, 'en'));
    for (const [, id] of html.matchAll(/class="chip" href="#([^"]+)"/g))
      expect(html).to.contain(`<tr id="${id}"`);
  });

  it('lets no name become markup or end the style', () => {
    const html = drawn(snapshotOf(HOSTILE, 'fr'));

    expect(html).not.to.contain('<script');
    expect(html.match(/<\/style>/g)).to.have.length(1);
    expect(html).not.to.contain('\u202e');
    expect(html).to.contain('\u2068خدمة الطوارئ ١٢٣ (A)\u2069');
  });

  it('fetches nothing: no address but fragments, data and the name of SVG', () => {
    const html = drawn(snapshotOf(HOSTILE, 'fr'));
    const addresses = [...html.matchAll(/(?:href|src)="([^"]*)"|url\(([^)]{0,12})/g)].map(
      ([, link, url]) => link ?? url,
    );

    for (const address of addresses) expect(address).to.match(/^#|^data:/);
    expect(html).to.contain("default-src 'none'");
  });

  it('has no signs that the fonts lack', () => {
    for (const facts of [ATELIERS, NOBODY])
      expect(textOf(drawn(snapshotOf(facts, 'fr')))).not.to.match(/[\u2011\u2190-\u21ff\u2300-\u27ff]/);
    const sources = ['readiness', 'management', 'coverage', 'tests'].map((name) =>
      readFileSync(new URL(`../../templates/reports/${name}.hbs`, import.meta.url), 'utf8'),
    );
    expect(sources.join('')).not.to.match(/<em|<strong|<br/);
  });

  it('puts narrow spaces before the high punctuation of French, and none in English', () => {
    expect(bodyOf(drawn(snapshotOf(ATELIERS, 'fr')))).not.to.match(/>[^<]*[a-zé] [;:!?][^<]*</);
    expect(textOf(drawn(snapshotOf(ATELIERS, 'en')))).not.to.match(/[a-z] [;:!?] /);
  });

  it('is told in English where its language has no words yet', () => {
    expect(drawn(snapshotOf(ATELIERS, 'nl'))).to.contain('<html lang="en">');
  });
});
