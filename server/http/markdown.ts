import { Marked } from 'marked';

// Raw HTML in a plan is text that somebody typed, and is shown as such. Links lead to the web or nowhere.
const marked = new Marked({
  gfm: true,
  breaks: false,
  renderer: {
    html: ({ text }) => plain(text),
    image: ({ text }) => plain(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return /^(https?:|mailto:|tel:)/i.test(href)
        ? `<a href="${plain(href)}" rel="noreferrer">${text}</a>`
        : text;
    },
  },
});

/**
 * Markdown that people wrote, as HTML that is safe to put into a page. Headings start below the page's own. A table
 * stands in a box named `title`, which scrolls on its own where the screen is narrower, by keyboard as well.
 */
export function htmlOf(markdown: string, title: string): string {
  const html = marked.parse(markdown, { async: false });
  const box = `<div class="table-box" role="group" tabindex="0" aria-label="${plain(title)}">`;
  return html
    .replace(
      /<(\/?)h([1-6])>/g,
      (_tag, slash: string, level: string) => `<${slash}h${Math.min(6, Number(level) + 2)}>`,
    )
    .replaceAll('<table>', `${box}<table>`)
    .replaceAll('</table>', '</table></div>');
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const plain = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
