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

  it('are told for people in findings too, and a hold without an end as that', () => {
    const { found } = examples.cleanUpShow.cleanUp;
    expect(show('protection/clean-up', examples.cleanUpShow)).to.not.include('09:30:00.000Z');
    const because = { code: 'store.locked', params: { object: 'a', address: 'b', until: '∞' }, message: '' };
    const cleanUp = { ...found!.cleanUp!, kept: { count: 1, because } };
    const held = show('partials/cleaned', { cleanUp, lastRemoved: null, client });
    expect(held).to.include('locked until ∞').and.to.include('10:30');
  });

  it('stay the same when a row comes alone', () => {
    const [row] = examples.protection.runs;
    expect(show('partials/run-row', { ...row, client: far })).to.include('13:30');
  });
});
