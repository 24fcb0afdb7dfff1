-- Who holds a recovery key, and whether they were seen to open something with it. A key that nobody opened anything with for long
-- is a key that nobody knows to be there.

alter table clients add column key_drill_days integer not null default 180 check (key_drill_days between 1 and 3650);

create table key_holders (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  key_id uuid not null,
  contact_id uuid not null,
  -- Where the copy lies, in words.
  place text check (length(place) <= 200),
  since timestamptz not null,
  ended_at timestamptz,
  primary key (provider_id, client_id, id),
  check (ended_at >= since),
  foreign key (provider_id, client_id, key_id) references client_keys (provider_id, client_id, id),
  foreign key (provider_id, client_id, contact_id) references contacts (provider_id, client_id, id)
);
create index key_holders_by_id on key_holders (provider_id, id);
create unique index one_holding on key_holders (provider_id, client_id, key_id, contact_id) where ended_at is null;
call isolate_client('key_holders');

create type key_drill_state as enum ('open', 'judging', 'passed', 'failed', 'inconclusive', 'expired');

create table key_drills (
  provider_id uuid not null default current_provider(),
  client_id uuid not null,
  id uuid not null default gen_random_uuid(),
  holder_id uuid not null,
  -- Null: the holder only opens the sealed answer. Otherwise they also restore this point with other people's programs.
  recovery_point_id uuid,
  state key_drill_state not null default 'open',
  -- The answer, sealed to the recovery key: who can open it, has the key.
  sealed text not null,
  -- The answer itself stands nowhere: what is typed is hashed with the salt and compared.
  salt text not null check (salt ~ '^[0-9a-f]{32}$'),
  answer_sha256 text not null check (answer_sha256 ~ '^[0-9a-f]{64}$'),
  -- Goes into the fingerprint of what is restored, so that nobody can work it out from the list of files. It is sealed too.
  challenge text not null check (challenge ~ '^[0-9a-f]{32}$'),
  asked_by text not null,
  asked_at timestamptz not null,
  answer_until timestamptz not null,
  wrong_answers integer not null default 0 check (wrong_answers between 0 and 5),
  last_wrong_at timestamptz,
  -- When the right answer was given, who typed it, and whether that was the holder.
  opened_at timestamptz,
  opened_by text,
  is_by_holder boolean,
  -- What the holder's machine told of a restore, and what came of comparing it.
  told jsonb,
  result jsonb,
  ended_at timestamptz,
  finding text,
  finding_code text,
  finding_params jsonb,
  primary key (provider_id, client_id, id),
  check (num_nulls(opened_at, opened_by, is_by_holder) in (0, 3)),
  check (num_nulls(finding, finding_code, finding_params) in (0, 3)),
  check (state not in ('passed', 'judging') or opened_at is not null),
  check ((state in ('open', 'judging')) = (ended_at is null)),
  foreign key (provider_id, client_id, holder_id) references key_holders (provider_id, client_id, id),
  foreign key (provider_id, client_id, recovery_point_id) references recovery_points (provider_id, client_id, id)
);
create index key_drills_by_id on key_drills (provider_id, id);
create index key_drills_of_client on key_drills (provider_id, client_id, asked_at desc);
create unique index one_drill_at_a_time on key_drills (provider_id, client_id, holder_id) where state in ('open', 'judging');
call isolate_client('key_drills');
