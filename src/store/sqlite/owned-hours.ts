/** Sums of hours by all owners take the place of those by key and project. */
export const OWNED_HOURS = `
alter table ledger add column user_id text;
alter table ledger add column customer_id text;
alter table ledger add column team_id text;
alter table ledger add column organisation_id text;
alter table ledger add column more_usage text;
alter table ledger add column served_tiers text;
alter table requests add column user_id text;
alter table requests add column customer_id text;
alter table requests add column team_id text;
alter table requests add column organisation_id text;

create table owned_hours (
  hour_ms integer not null,
  key_id text not null,
  user_id text not null,
  customer_id text not null,
  project text not null,
  team_id text not null,
  organisation_id text not null,
  route text not null,
  target text not null,
  provider text not null,
  model text not null,
  simulated integer not null,
  purpose text not null,
  attempts integer not null,
  input_tokens integer not null,
  cache_read_tokens integer not null,
  cache_write_tokens integer not null,
  cache_write_long_tokens integer not null,
  output_tokens integer not null,
  reasoning_tokens integer not null,
  cost_usd integer not null,
  cost_nano integer not null,
  charged_usd integer not null,
  charged_nano integer not null,
  unpriced integer not null,
  estimated integer not null,
  anomalous integer not null,
  input_audio_tokens integer not null default 0,
  output_audio_tokens integer not null default 0,
  hidden_input_tokens integer not null default 0,
  hidden_output_tokens integer not null default 0,
  web_searches integer not null default 0,
  characters integer not null default 0,
  seconds integer not null default 0,
  images integer not null default 0,
  searches integer not null default 0,
  pages integer not null default 0,
  primary key (
    hour_ms, key_id, user_id, customer_id, project, team_id, organisation_id, route, target, provider, model, simulated,
    purpose
  )
) without rowid;
insert into owned_hours (
  hour_ms, key_id, user_id, customer_id, project, team_id, organisation_id, route, target, provider, model, simulated, purpose,
  attempts, input_tokens, cache_read_tokens, cache_write_tokens, cache_write_long_tokens, output_tokens, reasoning_tokens,
  cost_usd, cost_nano, charged_usd, charged_nano, unpriced, estimated, anomalous
)
  select hour_ms, key_id, '', '', project, '', '', route, target, provider, model, simulated, '',
    attempts, input_tokens, cache_read_tokens, cache_write_tokens, cache_write_long_tokens, output_tokens, reasoning_tokens,
    cost_usd, cost_nano, charged_usd, charged_nano, unpriced, estimated, anomalous
  from usage_hours;
drop table usage_hours;
alter table owned_hours rename to usage_hours;
create index usage_hours_by_key on usage_hours (key_id, hour_ms);
create index usage_hours_by_user on usage_hours (user_id, hour_ms) where user_id <> '';
create index usage_hours_by_customer on usage_hours (customer_id, hour_ms) where customer_id <> '';
create index usage_hours_by_project on usage_hours (project, hour_ms);
create index usage_hours_by_team on usage_hours (team_id, hour_ms) where team_id <> '';
create index usage_hours_by_organisation on usage_hours (organisation_id, hour_ms) where organisation_id <> '';
`
