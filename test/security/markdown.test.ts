import { expect } from 'chai';
import fc from 'fast-check';
import { htmlOf } from '#/server/http/markdown.ts';

/** What a section may become: each element with the attributes it may have. */
const ALLOWED: Record<string, string[]> = {
  ...Object.fromEntries(
    'p em strong del code pre blockquote ul hr br h3 h4 h5 h6 table thead tbody tr'
      .split(' ')
      .map((name) => [name, []]),
  ),
  code: ['class'],
  ol: ['start'],
  li: [],
  th: ['align'],
  td: ['align'],
  a: ['href', 'rel'],
  input: ['disabled', 'type', 'checked'],
  div: ['class', 'role', 'tabindex', 'aria-label'],
};

/** Everything in it that a browser would take for more than text and these elements. */
function foundIn(html: string): string[] {
  const strange: string[] = [];
  for (const [tag, name = '', rest = ''] of html.matchAll(/<\/?([^\s>/]*)([^>]*)>?/g)) {
    const attributes = [...rest.matchAll(/([^\s=/]+)(?:="([^"]*)")?/g)];
    const isKnown = name in ALLOWED && attributes.every(([, one = '']) => ALLOWED[name]?.includes(one));
    const leads = attributes.find(([, one]) => one === 'href')?.[2];
    if (!isKnown || (leads !== undefined && !/^(https?:|mailto:|tel:)/i.test(leads))) strange.push(tag);
  }
  return strange;
}

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe src="file:///etc/passwd">',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:x)',
  '[x](file:///etc/passwd)',
  '[x](//evil.example)',
  '<javascript:alert(1)>',
  '[x](https://e.fr/"onclick="alert(1))',
  '[x](https://e.fr/\'onclick=\'alert(1) "t"onclick=x")',
  '![x](https://e.fr/"onerror="alert(1))',
  '![a"onerror=alert(1) b](x)',
  '[x]: javascript:alert(1)\n[x]',
  '```"><script>\nx\n```',
  '`<script>`',
  '&lt;script&gt;',
  '| <b onclick=x> |\n|-|\n| </td><script> |',
  '<!-- --><script>',
  '<![CDATA[<script>]]>',
  '<x\n\nonclick=alert(1)>',
  '# <h1 onclick=x>',
  '- [x] <input onfocus=alert(1) autofocus>',
  '<table onmouseover=x></table>',
  'www.e.fr"onclick=alert(1)',
  'a@b.fr"onclick=alert(1)',
  ...['script', 'pre', 'code', 'kbd', 'PRE'].map((raw) => `a <${raw}> <img src=x onerror=alert(1)//`),
];

describe('a text that somebody typed for a plan', () => {
  it('becomes elements of text and links to the web, whatever it holds', () => {
    for (const attack of ATTACKS) expect(foundIn(htmlOf(attack, 'Titre')), attack).to.deep.equal([]);
    expect(foundIn('<p onclick="x">')).to.have.length(1);
    expect(foundIn('<a href="javascript:x">')).to.have.length(1);
    expect(foundIn('<script')).to.have.length(1);
  });

  it('does so however attacks are cut and put together', () => {
    const pieces = [...ATTACKS, '\n\n', '> ', '- ', '    ', '**', '`', '|', '[', '](', ')', '<', '>', '"'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), fc.nat(40), (chosen, cut) => {
        const text = chosen.join('').slice(cut);
        expect(foundIn(htmlOf(text, 'Titre')), text).to.deep.equal([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('holds up nobody by its length or depth, and is shown all the same', () => {
    const long = 100_000;
    const heavy = ['_a', 'a.', '*a ', '[', '> ', '* ', '1. ', '`', '~~a', '<a ', '[a](', 'a@a.', '![', '|'];
    for (const piece of heavy) {
      const text = `${piece.repeat(long / piece.length)}@\n\nfin`;
      const from = performance.now();
      const html = htmlOf(text, 'Titre');
      expect(performance.now() - from, piece).to.be.lessThan(1500);
      expect(html, piece).to.include('fin');
      expect(foundIn(html), piece).to.deep.equal([]);
    }
  });
});
