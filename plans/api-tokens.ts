/** API tokens: what a program shows instead of a session. Only the hash is kept. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { notFound } from './errors.ts';
import { Line } from './text.ts';
import { ROLES, TOKEN_SCOPES, type TokenScope, type Work } from './work.ts';

export const NewApiToken = z.object({
  name: Line(100),
  role: z.enum(ROLES),
  scopes: z.array(z.enum(TOKEN_SCOPES)).min(1),
  clients: z.union([z.literal('all'), z.array(z.uuid()).min(1).max(1000)]).default('all'),
  expiresAt: z.iso.datetime().nullable().default(null),
});
export type NewApiToken = z.infer<typeof NewApiToken>;

export const ApiToken = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: z.enum(ROLES),
    scopes: z.array(z.enum(TOKEN_SCOPES)),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof ApiToken>;

/** `hash` is of a token made at the edge, which shows it once and forgets it. */
export async function addApiToken(work: Work, token: NewApiToken, hash: string): Promise<string> {
  allow(work, 'token.change');
  if (token.clients !== 'all') for (const client of token.clients) await findClient(work, client);
  const { id } = await work.db
    .insertInto('api_tokens')
    .values({
      name: token.name,
      hash,
      role: token.role,
      scopes: token.scopes,
      client_ids: token.clients === 'all' ? null : token.clients,
      created_by: work.actor.name,
      created_at: work.now,
      expires_at: token.expiresAt === null ? null : new Date(token.expiresAt),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'api-token.added', { kind: 'api-token', id, client: null }, token);
  return id;
}

export async function revokeApiToken(work: Work, id: string): Promise<void> {
  allow(work, 'token.change');
  const revoked = await work.db
    .updateTable('api_tokens')
    .set({ revoked_at: work.now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('name')
    .executeTakeFirst();
  if (!revoked) throw notFound('api-token');
  await record(work, 'api-token.revoked', { kind: 'api-token', id, client: null }, revoked);
}

export async function listApiTokens(work: Work): Promise<ApiToken[]> {
  allow(work, 'token.change');
  const rows = await work.db
    .selectFrom('api_tokens')
    .selectAll()
    .orderBy('created_at', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    scopes: row.scopes as TokenScope[],
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }));
}
