import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Page } from 'puppeteer-core';
import { go, type Looking, openBrowser, WHOLE } from './browser.ts';

describe('pages by keyboard alone', () => {
  let looking: Looking;
  let page: Page;
  before(async () => {
    looking = await openBrowser();
    page = await looking.browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
  });
  after(() => looking?.[Symbol.asyncDispose]());

  const open = (name: string) => go(page, looking.addressOf(name));
  const ask = <Answer>(script: string) => page.evaluate(script) as Promise<Answer>;
  const press = async (...keys: ('Tab' | 'Enter' | 'Space' | 'Escape')[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focusOn = (selector: string) => ask(`document.querySelector(${JSON.stringify(selector)}).focus()`);
  const focusIs = (selector: string) =>
    ask<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`);

  for (const { name } of WHOLE)
    it(`${name}: Tab stops at all that can be used, in order, each stop to be seen, and gets out again`, async () => {
      await open(name);
      const expected = await ask<string[]>(WATCH);
      expect(expected.length).to.be.greaterThan(2);
      for (let count = 1; count < expected.length; count++) await press('Tab');
      // A date is one field and several stops: day, month, year.
      for (let spare = await ask<number>('spareStops()'); spare > 0; spare--)
        if ((await ask<number>('watched().stops.length')) < expected.length) await press('Tab');
      const { stops, unseen } = await ask<{ stops: string[]; unseen: string[] }>('watched()');
      expect(stops).to.deep.equal(expected);
      expect(unseen, 'focus without an outline, or off the screen').to.deep.equal([]);
      await press('Tab');
      expect(await ask<boolean>('isBackAtTheStart()'), 'a trap').to.equal(true);
    });

  it('the first stop leads past the navigation', async () => {
    await open('inventory-empty');
    await press('Tab');
    expect(await focusIs('.skip')).to.equal(true);
    expect(await ask<number>('document.activeElement.getBoundingClientRect().top')).to.be.at.least(0);
    await press('Enter');
    expect(await focusIs('main')).to.equal(true);
    await press('Tab');
    expect(await ask<boolean>('document.querySelector("main").contains(document.activeElement)')).to.equal(
      true,
    );
  });

  for (const name of ['sign-in', 'portfolio', 'activity', 'protection'])
    it(`${name}: after a refusal the focus is on what was wrong`, async () => {
      await open(name);
      // Browsers give `autofocus` its focus with the first frame, which a busy machine draws late.
      for (let tries = 0; tries < 40 && !(await focusIs('[role=alert]')); tries++) await sleep(50);
      expect(await focusIs('[role=alert]')).to.equal(true);
    });

  it('a line of a refusal leads to its field', async () => {
    await open('portfolio');
    await press('Tab', 'Enter');
    expect(await focusIs('#client-name')).to.equal(true);
  });

  it('what is folded opens, and a tick is set', async () => {
    await open('keys');
    await focusOn('details summary');
    await press('Enter');
    expect(await ask<boolean>('document.querySelector("details").open')).to.equal(true);
    await open('activity-edit');
    await focusOn('#record-isPriority');
    await press('Space');
    expect(await ask<boolean>('document.activeElement.checked')).to.equal(false);
    await press('Space');
    expect(await ask<boolean>('document.activeElement.checked')).to.equal(true);
  });

  it('a command is marked whole by its button, and copied where the browser lets it', async () => {
    const { origin } = new URL(looking.addressOf('claim-address'));
    await page.browserContext().overridePermissions(origin, ['clipboard-sanitized-write', 'clipboard-read']);
    await open('claim-address');
    await focusOn('[data-copy=ping-windows]');
    await press('Enter');
    const marked = await ask<string>('getSelection().toString().trim()');
    expect(marked).to.equal(
      'Invoke-RestMethod -Method Post -TimeoutSec 10 "https://reprise.example/ping/Zm9v"',
    );
    await page.waitForFunction('document.activeElement.textContent === document.activeElement.dataset.done');
    expect(await ask<string>('navigator.clipboard.readText()')).to.include(marked);
  });

  it('a question takes the focus, and Escape gives it back', async () => {
    await open('activity');
    await focusOn('button[popovertarget=removal]');
    await press('Enter');
    expect(await focusIs('#removal-title')).to.equal(true);
    await press('Tab');
    expect(await focusIs('#removal form button')).to.equal(true);
    await press('Tab');
    expect(await focusIs('#removal > button')).to.equal(true);
    await press('Escape');
    expect(await focusIs('button[popovertarget=removal]')).to.equal(true);
    expect(await ask<boolean>('document.querySelector("#removal").matches(":popover-open")')).to.equal(false);
  });
});

/** Starts at the first stop, notes each one, and tells which there should be. A group of radio buttons is one. */
const WATCH = `(() => {
  const nameOf = (one) => one.tagName.toLowerCase() + ' ' + (one.id || one.name || one.getAttribute('href') ||
    one.getAttribute('aria-label') || one.textContent).trim().slice(0, 60) + (one.value ? ' ' + one.value.slice(0, 40) : '');
  const usable = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((one) => one.checkVisibility() && one.type !== 'hidden' && !one.disabled && one.tabIndex >= 0)
    .filter((one) => one.type !== 'radio' || one.checked);
  const stops = [], unseen = [];
  document.addEventListener('focusin', ({ target }) => {
    stops.push(nameOf(target));
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const { top, bottom } = target.getBoundingClientRect();
    const isOn = bottom > 0 && top < innerHeight;
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2 || !isOn) unseen.push(nameOf(target));
  });
  const [first] = usable;
  first.focus({ focusVisible: true });
  window.watched = () => ({ stops, unseen });
  window.spareStops = () => 8 * document.querySelectorAll('input[type=date], input[type=datetime-local]').length;
  window.isBackAtTheStart = () => document.activeElement === document.body || document.activeElement === first;
  return usable.map(nameOf);
})()`;
