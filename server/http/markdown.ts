import { Lexer, Marked, type Token, type TokensList } from 'marked';

/** Searching a text for emphasis and addresses takes the square of its length; each level of nesting takes from the stack. */
const MOST_INLINE = 5000;
const DEEPEST = 30;

/** What is longer or deeper than anybody writes is shown as it was typed, so that no text holds up the service. */
class CarefulLexer extends Lexer {
  #depth = 0;

  override blockTokens(text: string, tokens?: Token[], isCut?: boolean): Token[];
  override blockTokens(text: string, tokens?: TokensList, isCut?: boolean): TokensList;
  override blockTokens(text: string, tokens: Token[] = [], isCut = false): Token[] {
    if (this.#depth >= DEEPEST) return asTyped(text, tokens);
    this.#depth += 1;
    const found = super.blockTokens(text, tokens, isCut);
    this.#depth -= 1;
    return found;
  }

  override inlineTokens(text: string, tokens: Token[] = []): Token[] {
    return text.length > MOST_INLINE ? asTyped(text, tokens) : super.inlineTokens(text, tokens);
  }
}

function asTyped(text: string, tokens: Token[]): Token[] {
  tokens.push({ type: 'text', raw: text, text, escaped: false });
  return tokens;
}

// Raw HTML in a plan is text that somebody typed, and is shown as such. Links lead to the web or nowhere.
const marked = new Marked({
  gfm: true,
  breaks: false,
  renderer: {
    html: ({ text }) => plain(text),
    // Behind a raw <pre> or <code> marked takes text for markup and hands it on as it is. To us none of it is markup.
    text(token) {
      return 'tokens' in token && token.tokens
        ? this.parser.parseInline(token.tokens)
        : plainOnce(token.text);
    },
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
  const html = marked.parser(new CarefulLexer(marked.defaults).lex(markdown));
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
/** Leaves what already is an entity. */
const plainOnce = (text: string) =>
  text.replace(/[<>"']|&(?!(?:#\d{1,7}|#x[a-f0-9]{1,6}|\w{1,40});)/gi, (sign) => ENTITIES[sign] ?? sign);
const plain = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
