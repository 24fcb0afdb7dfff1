import { expect } from 'chai';
import { LOCALES } from '#/plans/reports/head.ts';
import { nouns } from '#/server/records/nouns/index.ts';
import { loadTemplates } from '#/server/templates.ts';

const templates = loadTemplates();

describe('the words of a noun', () => {
  for (const locale of LOCALES)
    it(`tell its fields, and what can be done with one and what comes of it, in ${locale}`, () => {
      const asked = nouns.flatMap(({ name, fields, told = [], actions = [], add, remove }) => [
        ...['one', 'many', 'title', 'lede', 'none'].map((word) => `${name}.${word}`),
        ...(add ? [`${name}.add`] : []),
        ...(remove ? [`${name}.remove`] : []),
        ...[...fields, ...told].map((field) => `${name}.field.${field.name}`),
        ...actions.flatMap((action) => [
          ...[`${name}.do.${action.name}`, `${name}.do.${action.name}-text`],
          ...(Array.isArray(action.fields) ? action.fields : []).map(
            (field: { name: string }) => `${name}.${action.name}.field.${field.name}`,
          ),
        ]),
      ]);
      expect(asked.length).to.be.greaterThan(300);
      expect(asked.filter((key) => !templates.has(locale, key))).to.deep.equal([]);
    });
});
