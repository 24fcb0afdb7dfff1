import { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { Problem } from './problems.ts';
import type { Route } from './route.ts';

const ABOUT = `The JSON interface of Reprise. Send an API token as \`Authorization: Bearer …\`. Lists answer
\`{items, next}\`; pass \`next\` back to go on. Requests that start work take an \`Idempotency-Key\`. Editing takes
\`If-Match\` with the \`ETag\` of what was read. Refusals are problem+json (RFC 9457).`;

/** The OpenAPI document of the routes that answer JSON. */
export function describe(routes: readonly Route[], version: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    if (!route.output) continue;
    const address = route.path.replace(/:(\w+)/g, '{$1}');
    paths[address] = { ...paths[address], [route.method]: describeRoute(route, route.output) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Reprise',
      version,
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The service that handed out this document' }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  });
}

const describeRoute = (
  { method, path, summary, params, query, body, status, startsWork, takesFile, current }: Route,
  output: z.ZodType,
) => ({
  operationId: nameOf(method, path),
  summary,
  requestParams: {
    path: params as z.ZodObject,
    query: query as z.ZodObject,
    header: headersOf(startsWork, current !== null),
  },
  ...(method === 'get' || method === 'delete'
    ? {}
    : { requestBody: { content: takesFile ? FILE : json(body) } }),
  responses: {
    [status]: status === 204 ? { description: 'Done' } : { description: 'Done', content: json(output) },
    '4XX': refusal('Refused: what to do about it is told'),
    default: refusal('Not done, by our fault'),
  },
});

const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** What generators call a request: `getClientsByClientAssets`. */
const nameOf = (method: string, path: string): string =>
  method +
  path
    .replace(/^\/api\/v1/, '')
    .split('/')
    .map((part) => (part.startsWith(':') ? `-by-${part.slice(1)}` : part))
    .join('-')
    .replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());

const headersOf = (startsWork: boolean, edits: boolean) =>
  z.object({
    ...(startsWork ? { 'Idempotency-Key': z.string().max(200).optional() } : {}),
    ...(edits ? { 'If-Match': z.string().optional() } : {}),
  });

const json = (schema: z.ZodType) => ({ 'application/json': { schema } });

const FILE = { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } };
