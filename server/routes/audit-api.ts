import { z } from 'zod';
import { ApiToken, addApiToken, listApiTokens, NewApiToken, revokeApiToken } from '#/plans/api-tokens.ts';
import { AuditEvent, AuditSearch, listAuditEvents } from '#/plans/audit.ts';
import { Evidence, findEvidence } from '#/plans/evidence.ts';
import { addMember, listMembers, Member, NewMember } from '#/plans/people.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import { newToken } from '../http/identity.ts';
import { api } from '../http/route.ts';
import { listOf, Nothing, One, paged, whole } from '../http/shapes.ts';
import { refuseWeakPassword, TypedPassword } from '../password-strength.ts';
import { hashPassword } from '../passwords.ts';

/** Evidence, the trail, and who and what may come in. */
export const auditApi = [
  api({
    method: 'get',
    path: '/evidence/:id',
    summary: 'One record of evidence with the content its hash is over',
    params: One,
    output: Evidence,
    run: ({ work, params: { id } }) => findEvidence(work, id),
  }),
  api({
    method: 'get',
    path: '/audit-events',
    summary: 'The audit trail, newest first, or what of it is looked for',
    query: AuditSearch.extend({ cursor: z.coerce.number().int().optional() }),
    output: listOf(AuditEvent),
    run: async ({ work, query: { cursor, ...search } }) =>
      paged(await listAuditEvents(work, { ...search, before: cursor ?? null }), 100, ({ seq }) =>
        String(seq),
      ),
  }),
  api({
    method: 'get',
    path: '/members',
    summary: 'People of the provider',
    output: listOf(Member),
    run: async ({ work }) => whole(await listMembers(work)),
  }),
  api({
    method: 'post',
    path: '/members',
    summary: 'Add a person',
    body: NewMember.extend({ password: TypedPassword }),
    output: Member,
    status: 201,
    run: async ({ work, body: { password, ...member } }) => {
      await refuseWeakPassword(password, 'password', [member.email, member.name]);
      return addMember(work, member, await hashPassword(password));
    },
  }),
  api({
    method: 'get',
    path: '/api-tokens',
    summary: 'API tokens, without the tokens themselves',
    output: listOf(ApiToken),
    run: async ({ work }) => whole(await listApiTokens(work)),
  }),
  api({
    method: 'post',
    path: '/api-tokens',
    summary: 'Make an API token; it is told this once',
    needsConfirming: true,
    body: NewApiToken,
    output: z.object({ id: z.uuid(), token: z.string() }),
    status: 201,
    run: async ({ work, body }) => {
      const token = newToken();
      return { id: await addApiToken(work, body, hashOfToken(token)), token };
    },
  }),
  api({
    method: 'delete',
    path: '/api-tokens/:id',
    summary: 'Revoke an API token',
    params: One,
    output: Nothing,
    status: 204,
    run: async ({ work, params: { id } }) => {
      await revokeApiToken(work, id);
      return {};
    },
  }),
];
