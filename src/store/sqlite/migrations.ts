import { ANSWER_TABLES } from './answer-tables.ts'
import { ALERT_TABLES } from './alert-tables.ts'
import { AUDIT_TABLES } from './audit-tables.ts'
import { BEGUN_COLUMNS } from './begun-columns.ts'
import { CONTENT_TABLES } from './content-tables.ts'
import { FEEDBACK_KEYS, FEEDBACK_TABLE } from './feedback-table.ts'
import { ASKED_COLUMNS } from './asked-columns.ts'
import { KEY_LIFE } from './key-life.ts'
import { KEY_TERMS } from './key-terms.ts'
import { PURPOSE_COLUMNS } from './purpose-columns.ts'
import { RELEASE_TABLES } from './release-tables.ts'
import { OWNED_HOURS } from './owned-hours.ts'
import { MARK_TABLES } from './mark-tables.ts'
import { REPLY_TABLES } from './reply-tables.ts'
import { RESPONSE_TABLES } from './response-tables.ts'
import { SERIES_MINUTES, SERIES_TABLES } from './series-tables.ts'
import { SHADOW_TABLE } from './shadow-tables.ts'
import { MONEY_TABLES } from './top-up-table.ts'
import { VAULT_TABLES } from './vault-tables.ts'
import { USAGE_INDEXES, USAGE_REACH } from './usage-tables.ts'

/** One step of the schema. Checked in, numbered from 1, never edited once released. What all lead to is `schema.ts`: `npm run docs`. */
export interface Migration {
  readonly version: number
  readonly sql: string
}

/**
 * The schema as the list of its steps. `sequence` is the order of writing, `at_ms` the time of the event. Amounts are 64-bit
 * integers of nano-USD. The triggers keep `key_version` growing with every change of a key, so that other processes notice.
 *
 * Every index costs the writer about as much as the row itself. An attempt belongs to one request for ever, so one index over
 * both ids keeps it unique and finds the attempts of a request. What is asked of many rows is asked of `usage_hours`: the sums of
 * each hour, which grow in the transaction of the rows. Up to which row they reach is kept beside them, so that they can never differ.
 * A unit of usage that came after the last step has no step of its own: its column of sums is added when a file is opened.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
create table settings (
  name text primary key,
  value text not null
) without rowid;

create table keys (
  sequence integer primary key autoincrement,
  id text not null unique,
  name text not null,
  secret_hmac text not null,
  project text,
  models text,
  operations text,
  wishes text not null,
  limits text not null,
  budgets text not null,
  created_at_ms integer not null,
  expires_at_ms integer,
  revoked_at_ms integer
);
create index keys_by_time on keys (created_at_ms);

create table key_version (
  only_row integer primary key check (only_row = 1),
  version integer not null
);
insert into key_version values (1, 0);
create trigger keys_inserted after insert on keys begin update key_version set version = version + 1; end;
create trigger keys_updated after update on keys begin update key_version set version = version + 1; end;
create trigger keys_deleted after delete on keys begin update key_version set version = version + 1; end;

create table ledger (
  sequence integer primary key,
  id text not null,
  request_id text not null,
  ordinal integer not null,
  at_ms integer not null,
  key_id text not null,
  project text,
  route text not null,
  target text not null,
  provider text not null,
  model text not null,
  outcome text not null,
  status integer,
  duration_ms real not null,
  input_tokens integer not null,
  cache_read_tokens integer not null,
  cache_write_tokens integer not null,
  cache_write_long_tokens integer not null,
  output_tokens integer not null,
  reasoning_tokens integer not null,
  basis text not null,
  cost_nano_usd integer,
  price_id text,
  simulated integer not null,
  unique (request_id, id)
);
create index ledger_by_time on ledger (at_ms);
create index ledger_by_key on ledger (key_id, at_ms, cost_nano_usd);
create index ledger_by_project on ledger (project, at_ms, cost_nano_usd) where project is not null;
create trigger ledger_never_changes before update on ledger
  begin select raise(abort, 'ledger rows are never changed'); end;

create table requests (
  sequence integer primary key,
  id text not null unique,
  at_ms integer not null,
  dialect text not null,
  operation text not null,
  stream integer not null,
  requested_model text not null,
  route text,
  target text,
  key_id text,
  key_name text,
  project text,
  outcome text not null,
  status integer not null,
  duration_ms real not null,
  first_event_ms real,
  upstream_ms real not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cost_nano_usd integer,
  simulated integer not null,
  attempts text not null,
  notices text not null,
  decision text,
  plan_version text not null
);
create index requests_by_time on requests (at_ms);
create index requests_by_key on requests (key_id, at_ms);
create index requests_by_outcome on requests (outcome, at_ms) where outcome <> 'ok';
`,
  },
  {
    version: 2,
    sql: `
create table usage_hours (
  hour_ms integer not null,
  key_id text not null,
  project text not null,
  route text not null,
  target text not null,
  provider text not null,
  model text not null,
  simulated integer not null,
  attempts integer not null,
  input_tokens integer not null,
  cache_read_tokens integer not null,
  cache_write_tokens integer not null,
  cache_write_long_tokens integer not null,
  output_tokens integer not null,
  reasoning_tokens integer not null,
  cost_usd integer not null,
  cost_nano integer not null,
  unpriced integer not null,
  primary key (hour_ms, key_id, project, route, target, provider, model, simulated)
) without rowid;
create index usage_hours_by_key on usage_hours (key_id, hour_ms);
create index usage_hours_by_project on usage_hours (project, hour_ms);

insert into usage_hours
  select at_ms - at_ms % 3600000, key_id, coalesce(project, ''), route, target, provider, model, simulated,
    count(*), total(input_tokens), total(cache_read_tokens), total(cache_write_tokens), total(cache_write_long_tokens),
    total(output_tokens), total(reasoning_tokens),
    coalesce(sum(cost_nano_usd / 1000000000), 0), coalesce(sum(cost_nano_usd % 1000000000), 0),
    count(*) filter (where cost_nano_usd is null and input_tokens + cache_read_tokens + cache_write_tokens
      + cache_write_long_tokens + output_tokens + reasoning_tokens > 0)
  from ledger group by 1, 2, 3, 4, 5, 6, 7, 8;

drop index ledger_by_key;
drop index ledger_by_project;
`,
  },
  {
    // Which keys changed, so that a process with many keys in memory reads those and not all of them again.
    version: 3,
    sql: `
create table key_changes (
  version integer primary key,
  key_id text not null
);
drop trigger keys_inserted;
drop trigger keys_updated;
drop trigger keys_deleted;
create trigger keys_inserted after insert on keys begin
  update key_version set version = version + 1;
  insert into key_changes select version, new.id from key_version;
end;
create trigger keys_updated after update on keys begin
  update key_version set version = version + 1;
  insert into key_changes select version, new.id from key_version;
end;
create trigger keys_deleted after delete on keys begin
  update key_version set version = version + 1;
  insert into key_changes select version, old.id from key_version;
end;
create trigger key_changes_bounded after insert on key_changes begin
  delete from key_changes where version <= new.version - 10000;
end;
`,
  },
  {
    version: 4,
    sql: `
alter table ledger add column charged_nano_usd integer;
alter table ledger add column anomalies text;
alter table requests add column estimated integer not null default 0;
alter table usage_hours add column charged_usd integer not null default 0;
alter table usage_hours add column charged_nano integer not null default 0;
alter table usage_hours add column estimated integer not null default 0;
alter table usage_hours add column anomalous integer not null default 0;

update usage_hours set charged_usd = cost_usd, charged_nano = cost_nano;
update usage_hours set estimated = found.estimated from (
  select at_ms - at_ms % 3600000 as hour_ms, key_id, coalesce(project, '') as project, route, target, provider, model, simulated,
    count(*) as estimated
  from ledger where basis not in ('reported', 'none') group by 1, 2, 3, 4, 5, 6, 7, 8
) as found
where usage_hours.hour_ms = found.hour_ms and usage_hours.key_id = found.key_id and usage_hours.project = found.project
  and usage_hours.route = found.route and usage_hours.target = found.target and usage_hours.provider = found.provider
  and usage_hours.model = found.model and usage_hours.simulated = found.simulated;
`,
  },
  { version: 5, sql: USAGE_REACH },
  { version: 6, sql: PURPOSE_COLUMNS },
  { version: 7, sql: OWNED_HOURS },
  { version: 8, sql: RESPONSE_TABLES },
  { version: 9, sql: BEGUN_COLUMNS },
  { version: 10, sql: SHADOW_TABLE },
  { version: 11, sql: KEY_TERMS },
  { version: 12, sql: ASKED_COLUMNS },
  { version: 13, sql: SERIES_TABLES },
  { version: 14, sql: FEEDBACK_TABLE },
  { version: 15, sql: SERIES_MINUTES },
  { version: 16, sql: FEEDBACK_KEYS },
  { version: 17, sql: CONTENT_TABLES },
  { version: 18, sql: RELEASE_TABLES },
  { version: 19, sql: MARK_TABLES },
  { version: 20, sql: MONEY_TABLES },
  { version: 21, sql: ALERT_TABLES },
  { version: 22, sql: USAGE_INDEXES },
  { version: 24, sql: KEY_LIFE },
  { version: 25, sql: REPLY_TABLES },
  { version: 26, sql: ANSWER_TABLES },
  { version: 27, sql: VAULT_TABLES },
  { version: 28, sql: AUDIT_TABLES },
]
