import { expect } from 'chai';
import { loadTemplates } from '#/server/templates.ts';
import * as examples from './examples.ts';

const templates = loadTemplates();
const show = (template: string, data: object) =>
  templates.render(template, 'en', { ...examples.shell, ...data, locale: 'en' });

describe('what is under way', () => {
  it('asks again by itself, and stops when it has ended', () => {
    const [running] = examples.protection.runs;
    expect(show('partials/run-row', { ...running, isUnderWay: true })).to.include('hx-get="/backup-runs/');
    expect(show('partials/run-row', { ...running, isUnderWay: false })).to.not.include('hx-');
    expect(show('partials/test-progress', examples.runningTestShow)).to.include('hx-get="/restore-tests/');
    expect(show('partials/test-progress', examples.testShow)).to.not.include('hx-');
  });

  it('is asked for within the whole page where it has no row of its own', () => {
    const waiting = show('protection/clean-up', examples.cleanUpNever);
    expect(waiting)
      .to.include('id="clean-up" data-live="reconciliation:')
      .and.include('hx-get="/backup-policies/')
      .and.include('hx-select="#clean-up"');
    expect(show('protection/clean-up', examples.cleanUpShow)).to.not.include('hx-');
  });

  it('is read again by the browser alone where scripts do not run', () => {
    expect(show('restore-tests/show', examples.runningTestShow)).to.include('http-equiv="refresh"');
    expect(show('restore-tests/show', examples.testShow)).to.not.include('http-equiv="refresh"');
  });
});
