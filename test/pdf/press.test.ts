import { expect } from 'chai';
import { DrawingError } from '#/jobs/drawing-error.ts';
import type { Printer } from '#/server/pdf/closed-browser.ts';
import { LIMITS, openPress, type Press } from '#/server/pdf/press.ts';
import { PLACES, runProgram } from './support.ts';

const PAGE = '<!doctype html><meta charset="utf-8"><p>Une page.';
const MIB = 2 ** 20;

describe('the press', () => {
  it('draws one document after the other in the same browser, each as if it were the first', async () => {
    await using press = openPress(PLACES);
    const [first, second] = await Promise.all([draw(press), draw(press)]);
    expect(first!.equals(second!)).to.equal(true);
    expect(await browsers()).to.have.length(1);
  });

  it('takes another browser for another provider, after so many documents, and after so much of them', async () => {
    await using press = openPress(PLACES, { ...LIMITS, documents: 2 });
    const used = [
      await browserOf(press, 'acme'),
      await browserOf(press, 'acme'),
      await browserOf(press, 'acme'),
    ];
    used.push(await browserOf(press, 'other'));
    expect(used[1]).to.equal(used[0]);
    expect(new Set(used).size).to.equal(3);

    await using small = openPress(PLACES, { ...LIMITS, bytes: 100 });
    expect(await browserOf(small, 'acme')).to.not.equal(await browserOf(small, 'acme'));
    expect(await browsers()).to.have.length(2);
  });

  it('ends a document that never ends, says so, and draws the next', async () => {
    await using press = openPress(PLACES, { ...LIMITS, seconds: 1 });
    const error = await press
      .printFor('acme')(() => new Promise(() => {}))
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(DrawingError);
    expect((error as DrawingError).finding).to.deep.include({
      code: 'drawing.too-long',
      params: { seconds: 1 },
    });
    expect((await draw(press)).length).to.be.greaterThan(1000);
    expect(await browsers()).to.have.length(1);
  });

  it('ends a document that takes more memory than there is for it', async () => {
    const memoryBytes = 150 * MIB;
    await using press = openPress(PLACES, { ...LIMITS, memoryBytes });
    const error = await draw(press, `${PAGE}${'<section><p>a<b>b</b></section>'.repeat(200_000)}`).catch(
      (reason: unknown) => reason,
    );
    expect((error as DrawingError).finding).to.deep.include({
      code: 'drawing.too-large',
      params: { bytes: memoryBytes },
    });
    expect((await draw(press)).length).to.be.greaterThan(1000);
  });

  it('ends its browser when a document fails, when there is nothing to draw, and when it is closed in the middle', async () => {
    const press = openPress(PLACES, { ...LIMITS, idleSeconds: 0.1 });
    const failed = await press
      .printFor('acme')(() => Promise.reject(new Error('no')))
      .catch((reason: Error) => reason.message);
    expect(failed).to.equal('no');
    await draw(press);
    await new Promise((done) => setTimeout(done, 400));
    expect(await browsers()).to.deep.equal([]);

    const begun = Promise.withResolvers<void>();
    const cut = press
      .printFor('acme')(async (printer) => {
        begun.resolve();
        await printer.load(`${PAGE}${'<p>a'.repeat(1e6)}`);
      })
      .catch((reason: Error) => reason);
    await begun.promise;
    await press[Symbol.asyncDispose]();
    expect(await cut).to.be.instanceOf(Error);
    expect(await browsers()).to.deep.equal([]);
  });
});

const draw = (press: Press, html = PAGE, owner = 'acme'): Promise<Buffer> =>
  press.printFor(owner)(async (printer: Printer) => {
    await printer.load(html);
    return printer.print({ tagged: false });
  });

async function browserOf(press: Press, owner: string): Promise<string> {
  await draw(press, PAGE, owner);
  return (await browsers()).at(-1)!;
}

/** Ids of the browsers that this process has running, oldest first. */
async function browsers(): Promise<string[]> {
  const { output } = await runProgram('pgrep', '-P', String(process.pid), '-f', 'headless');
  return output.trim().split('\n').filter(Boolean);
}
