/** Legal holds as they bear on points; for queries over points under the alias `point`. */
import { sql } from 'kysely';

const standing = (now: Date) => sql`from legal_holds as hold
  where hold.client_id = point.client_id
    and (hold.asset_id is null or hold.asset_id = point.asset_id)
    and (hold.recovery_point_id is null or hold.recovery_point_id = point.id)
    and hold.lifted_at is null and (hold.until is null or hold.until > ${now})`;

export const isHeld = (now: Date) => sql<boolean>`exists (select ${standing(now)})`;

export const holdsOf = (now: Date) => sql<{ id: string; reason: string }[]>`(
  select coalesce(json_agg(json_build_object('id', hold.id, 'reason', hold.reason) order by hold.placed_at), '[]')
  ${standing(now)})`;
