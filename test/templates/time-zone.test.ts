import { expect } from 'chai';
import { loadTemplates } from '#/server/templates.ts';
import * as examples from './examples.ts';

const templates = loadTemplates();
const show = (template: string, data: object) =>
  templates.render(template, 'en', { ...examples.shell, ...data, locale: 'en' });

describe('moments on a page', () => {
  const { client } = examples.protection;
  const far = { ...client, timeZone: 'Indian/Reunion' };

  it('are those of the client, and the foot of the page says which', () => {
    const [paris, reunion] = [client, far].map((one) =>
      show('protection/overview', { ...examples.protection, client: one }),
    );
    expect(paris).to.include('10:30').and.to.include('Europe/Paris');
    expect(reunion).to.include('13:30').and.to.include('Indian/Reunion').and.not.to.include('10:30');
  });

  it('stay the same when a row comes alone', () => {
    const [row] = examples.protection.runs;
    expect(show('partials/run-row', { ...row, client: far })).to.include('13:30');
  });
});
