/** Somebody who reads pages and sends forms, without a browser. */
import { PASSWORD, type TestService } from './service.ts';

export interface Visitor {
  /** The text of a page. */
  read(path: string): Promise<string>;
  /** The whole answer. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form; redirects are not followed. */
  send(path: string, fields: Record<string, string> | [string, string][]): Promise<Response>;
}

export async function visit(test: TestService, email: string, language = 'fr'): Promise<Visitor> {
  const sendAs = (cookie: string) => (path: string, fields: Record<string, string> | [string, string][]) =>
    fetch(test.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: test.url, cookie, 'accept-language': language },
      body: new URLSearchParams(fields),
    });
  const answer = await sendAs('')('/sign-in', { email, password: PASSWORD, next: '/' });
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return {
    send: sendAs(cookie),
    get: (path, headers = {}) =>
      fetch(test.url + path, {
        redirect: 'manual',
        headers: { cookie, 'accept-language': language, ...headers },
      }),
    read: async (path) =>
      (await fetch(test.url + path, { headers: { cookie, 'accept-language': language } })).text(),
  };
}

/** The version that a form carries. */
export const versionIn = (html: string): string =>
  /name="version" value="([^"]+)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '';
