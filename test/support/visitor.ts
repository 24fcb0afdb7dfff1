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

/** The cookies of somebody who has just signed in. */
export async function cookiesOf(test: TestService, email: string, language = 'fr'): Promise<string> {
  const answer = await fetch(`${test.url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: test.url, 'accept-language': language },
    body: new URLSearchParams({ email, password: PASSWORD, next: '/' }),
  });
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}

export async function visit(test: TestService, email: string, language = 'fr'): Promise<Visitor> {
  const cookie = await cookiesOf(test, email, language);
  return {
    send: (path, fields) =>
      fetch(test.url + path, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: test.url, cookie, 'accept-language': language },
        body: new URLSearchParams(fields),
      }),
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
