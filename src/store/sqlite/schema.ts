/**
 * The schema of a new database: what the steps of `migrations.ts` lead to, in one go, because to take them all takes a new database
 * five times as long. Made of them by `npm run docs`: write a migration and run that, never edit this.
 */
export const SCHEMA = `
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
, only_terms text, queue text, addresses text, earlier text, rotated_at_ms integer, paused_at_ms integer);
create index keys_by_time on keys (created_at_ms);
create table key_version (
  only_row integer primary key check (only_row = 1),
  version integer not null
);
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
  simulated integer not null, charged_nano_usd integer, anomalies text, purpose text, parent_id text, user_id text, customer_id text, team_id text, organisation_id text, more_usage text, served_tiers text, begun_for text, rung integer,
  unique (request_id, id)
);
create index ledger_by_time on ledger (at_ms);
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
, estimated integer not null default 0, purpose text, parent_id text, user_id text, customer_id text, team_id text, organisation_id text, saved_nano_usd integer, attempt_count integer, session text generated always as (iif(json_valid(decision), decision ->> '$.facts."request.session"', null)) virtual, client text generated always as (iif(json_valid(decision), decision ->> '$.facts."client.name"', null)) virtual, tags text generated always as (iif(json_valid(decision), decision -> '$.facts."request.tags"', null)) virtual, cache text);
create index requests_by_time on requests (at_ms);
create index requests_by_outcome on requests (outcome, at_ms) where outcome <> 'ok';
create table key_changes (
  version integer primary key,
  key_id text not null
);
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
create table usage_summed (
  only_row integer primary key check (only_row = 1),
  sequence integer not null
);
create table "usage_hours" (
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
create table responses (
  sequence integer primary key,
  owner text not null,
  id text not null,
  dialect text not null,
  model text not null,
  at_ms integer not null,
  used_ms integer not null,
  previous_id text,
  target text,
  credential text,
  bytes integer not null,
  unique (owner, id)
);
create index responses_by_use on responses (used_ms);
create index responses_by_owner_use on responses (owner, used_ms);
create table response_texts (
  sequence integer primary key,
  input text not null,
  answer text not null
);
create table response_sums (
  owner text primary key,
  responses integer not null,
  bytes integer not null
) without rowid;
create trigger responses_inserted after insert on responses begin
  insert into response_sums values (new.owner, 1, new.bytes)
    on conflict (owner) do update set responses = responses + 1, bytes = bytes + new.bytes;
  update response_sums set responses = responses + 1, bytes = bytes + new.bytes where owner = '';
end;
create trigger responses_deleted after delete on responses begin
  delete from response_texts where sequence = old.sequence;
  update response_sums set responses = responses - 1, bytes = bytes - old.bytes where owner in (old.owner, '');
  delete from response_sums where owner = old.owner and responses = 0;
end;
create index requests_by_saving on requests (at_ms) where saved_nano_usd is not null;
create table shadows (
  sequence integer primary key,
  request_id text not null unique,
  at_ms integer not null,
  route text not null,
  shadow text not null,
  shown text not null,
  target text,
  outcome text not null,
  duration_ms real not null,
  shadow_ms real not null,
  cost_nano_usd integer,
  shadow_cost_nano_usd integer,
  simulated integer not null,
  shadow_simulated integer not null,
  length integer,
  shadow_length integer,
  same_refusal integer,
  same_tools integer,
  same_json integer,
  jaccard real,
  agrees integer
);
create index shadows_by_time on shadows (at_ms);
create index shadows_by_route on shadows (route, at_ms);
create table series_names (
  id integer primary key,
  dimension text not null,
  name text not null,
  weight integer not null,
  unique (dimension, name)
);
create table series (
  name_id integer not null,
  span_ms integer not null,
  at_ms integer not null,
  requests integer not null,
  ok integer not null,
  gone integer not null,
  client_errors integer not null,
  gateway_errors integer not null,
  provider_errors integer not null,
  attempts integer not null,
  failed_attempts integer not null,
  fallbacks integer not null,
  retries integer not null,
  hedges integer not null,
  input_tokens integer not null,
  cache_read_tokens integer not null,
  cache_write_tokens integer not null,
  output_tokens integer not null,
  reasoning_tokens integer not null,
  unpriced integer not null,
  settled_usd integer not null,
  settled_nano integer not null,
  estimated_usd integer not null,
  estimated_nano integer not null,
  simulated_usd integer not null,
  simulated_nano integer not null,
  durations text not null,
  first_events text not null, cache_hits integer not null default 0, cache_stale integer not null default 0, cache_coalesced integer not null default 0, cache_similar integer not null default 0, cache_misses integer not null default 0, cache_bypassed integer not null default 0, cache_saved_nano integer not null default 0,
  primary key (name_id, span_ms, at_ms)
) without rowid;
create table series_reach (
  source text primary key,
  behind integer not null,
  upto integer not null
) without rowid;
create table feedback (
  sequence integer primary key,
  request_id text not null,
  at_ms integer not null,
  score real not null,
  label text,
  comment text,
  given_by text
, key_id text, labels text);
create index feedback_by_request on feedback (request_id);
create trigger feedback_goes_with_request after delete on requests begin
  delete from feedback where request_id = old.id;
end;
create table series_minutes (
  kind text not null,
  at_ms integer not null,
  points text not null,
  primary key (kind, at_ms)
);
create table series_details (
  name_id integer not null,
  at_ms integer not null,
  points text not null,
  primary key (name_id, at_ms)
);
create index series_by_day on series (name_id, at_ms, requests, attempts) where span_ms = 86400000;
create table contents (
  sequence integer primary key,
  request_id text not null unique,
  at_ms integer not null,
  keep text not null,
  key_id text,
  user_id text,
  customer_id text,
  project text,
  team_id text,
  organisation_id text,
  removed_ms integer,
  bytes integer not null,
  body blob
);
create index contents_by_time on contents (at_ms);
create table content_sums (
  only_row integer primary key check (only_row = 1),
  rows integer not null,
  bytes integer not null
);
create trigger contents_inserted after insert on contents begin
  update content_sums set rows = rows + 1, bytes = bytes + new.bytes;
end;
create trigger contents_updated after update of bytes on contents begin
  update content_sums set bytes = bytes + new.bytes - old.bytes;
end;
create trigger contents_deleted after delete on contents begin
  update content_sums set rows = rows - 1, bytes = bytes - old.bytes;
end;
create table config_versions (
  number integer primary key autoincrement,
  at_ms integer not null,
  made_by text not null,
  author text,
  comment text,
  of_number integer,
  hash text not null,
  changes text not null,
  left_out text,
  state text not null,
  verdict text,
  trial text,
  seen text not null,
  file_text blob,
  managed_text blob not null
);
create index config_versions_by_state on config_versions (state, number);
create table stored_secrets (
  name text primary key,
  at_ms integer not null,
  sealed blob not null
);
create table request_marks (
  after integer primary key,
  upto integer not null,
  from_ms integer not null,
  to_ms integer not null,
  marks blob not null
);
create index request_marks_by_time on request_marks (to_ms);
create index ledger_lost on ledger (at_ms) where cost_nano_usd > 0 and (outcome <> 'ok' or purpose is not null);
create table top_ups (sequence integer primary key, id text not null unique, at_ms integer not null, scope text not null, owner text not null,
  span text not null, extra_nano_usd integer not null, until_ms integer not null, reason text not null, given_by text, ended_at_ms integer);
create index top_ups_by_end on top_ups (until_ms);
create table alerts (
  sequence integer primary key,
  id text not null unique,
  rule text not null,
  key text not null,
  phase text not null,
  severity text not null,
  text text not null,
  value real,
  unit text,
  since_ms integer not null,
  at_ms integer not null,
  fired_ms integer,
  calm_ms integer,
  resolved_ms integer,
  acknowledged_ms integer,
  acknowledged_by text,
  told text not null
);
create unique index alerts_open on alerts (rule, key) where phase <> 'resolved';
create index alerts_by_time on alerts (at_ms, sequence);
create table alert_deliveries (
  sequence integer primary key,
  id text not null unique,
  channel text not null,
  state text not null,
  items text not null,
  at_ms integer not null,
  due_ms integer not null,
  attempts integer not null,
  ended_ms integer,
  reason text
);
create index alert_deliveries_by_time on alert_deliveries (at_ms, sequence);
create index alert_deliveries_by_channel on alert_deliveries (channel, at_ms, sequence);
create index alert_deliveries_waiting on alert_deliveries (sequence) where state = 'waiting';
create table alert_mutes (
  rule text primary key,
  until_ms integer not null,
  at_ms integer not null,
  muted_by text
);
create index usage_hours_by_user on usage_hours (hour_ms, user_id) where user_id <> '';
create index usage_hours_by_customer on usage_hours (hour_ms, customer_id) where customer_id <> '';
create index usage_hours_by_project on usage_hours (hour_ms, project) where project <> '';
create index usage_hours_by_team on usage_hours (hour_ms, team_id) where team_id <> '';
create index usage_hours_by_organisation on usage_hours (hour_ms, organisation_id) where organisation_id <> '';
create table key_uses (
  key_id text primary key,
  hour_ms integer not null
) without rowid;
create table key_acts (sequence integer primary key, key_id text not null, at_ms integer not null, what text not null, via text not null,
  given_by text, detail text not null);
create index key_acts_by_key on key_acts (key_id, sequence);
create trigger key_acts_go_with_key after delete on keys begin
  delete from key_acts where key_id = old.id;
end;
create trigger key_acts_bounded after insert on key_acts begin
  delete from key_acts where key_id = new.key_id and sequence <=
    (select sequence from key_acts where key_id = new.key_id order by sequence desc limit 1 offset 200);
end;
create table replies (
  sequence integer primary key,
  id text not null unique,
  owner text not null,
  at_ms integer not null,
  print text not null,
  bytes integer not null,
  sealed blob not null
);
create index replies_by_time on replies (at_ms);
create index replies_by_owner on replies (owner, sequence);
create table reply_sums (
  owner text primary key,
  replies integer not null,
  bytes integer not null
) without rowid;
create trigger replies_inserted after insert on replies begin
  insert into reply_sums values (new.owner, 1, new.bytes)
    on conflict (owner) do update set replies = replies + 1, bytes = bytes + new.bytes;
  update reply_sums set replies = replies + 1, bytes = bytes + new.bytes where owner = '';
end;
create trigger replies_deleted after delete on replies begin
  update reply_sums set replies = replies - 1, bytes = bytes - old.bytes where owner in (old.owner, '');
  delete from reply_sums where owner = old.owner and replies = 0;
end;
create table answers (
  sequence integer primary key,
  key text not null unique,
  owner text not null,
  key_id text,
  user_id text,
  customer_id text,
  project text,
  team_id text,
  organisation_id text,
  request_id text,
  route text not null,
  model text,
  tags text not null,
  at_ms integer not null,
  fresh_until_ms integer not null,
  ends_at_ms integer not null,
  cost_nano_usd integer not null,
  used_ms integer not null,
  hits integer not null,
  bytes integer not null
);
create index answers_by_use on answers (used_ms);
create index answers_by_end on answers (ends_at_ms);
create table answer_texts (
  sequence integer primary key,
  sealed blob not null
);
create table answer_sums (
  only_row integer primary key check (only_row = 1),
  answers integer not null,
  bytes integer not null
);
create trigger answers_inserted after insert on answers begin
  update answer_sums set answers = answers + 1, bytes = bytes + new.bytes;
end;
create trigger answers_deleted after delete on answers begin
  delete from answer_texts where sequence = old.sequence;
  update answer_sums set answers = answers - 1, bytes = bytes - old.bytes;
end;
create table vault (
  sequence integer primary key,
  id text not null unique,
  owner text not null,
  place text not null,
  key_id text,
  user_id text,
  customer_id text,
  project text,
  team_id text,
  organisation_id text,
  request_id text not null,
  guardrail text not null,
  at_ms integer not null,
  ends_ms integer not null,
  print text not null,
  seal_key text not null,
  goes_back integer not null,
  bytes integer not null,
  sealed blob not null
);
create index vault_by_end on vault (ends_ms);
create index vault_by_owner on vault (owner, at_ms);
create index vault_by_place on vault (place);
create index vault_by_request on vault (request_id);
create table vault_sums (
  owner text primary key,
  rows integer not null,
  bytes integer not null
) without rowid;
create trigger vault_inserted after insert on vault begin
  insert into vault_sums values (new.owner, 1, new.bytes)
    on conflict (owner) do update set rows = rows + 1, bytes = bytes + new.bytes;
  update vault_sums set rows = rows + 1, bytes = bytes + new.bytes where owner = '';
end;
create trigger vault_deleted after delete on vault begin
  update vault_sums set rows = rows - 1, bytes = bytes - old.bytes where owner in (old.owner, '');
  delete from vault_sums where owner = old.owner and rows = 0;
end;
create table audit_entries (
  sequence integer primary key,
  id text not null unique,
  at_ms integer not null,
  actor text not null,
  address text,
  act text not null,
  subject text,
  outcome text not null,
  digest text,
  summary text not null,
  prev text not null unique,
  hash text not null,
  signer text not null,
  signature text not null
);
create index audit_entries_by_subject on audit_entries (subject, sequence);
create index audit_entries_by_act on audit_entries (act, sequence);
create table audit_begun (
  id text primary key,
  at_ms integer not null,
  actor text not null,
  address text,
  act text not null,
  subject text,
  digest text,
  summary text not null
);
create table audit_checkpoint (
  only_row integer primary key check (only_row = 1),
  sequence integer not null,
  hash text not null,
  at_ms integer not null,
  signer text not null,
  signature text not null
);
create trigger audit_entries_kept before update on audit_entries begin
  select raise(abort, 'entries of the audit are never changed');
end;
create trigger audit_entries_undeleted before delete on audit_entries
when old.sequence > (select coalesce(max(sequence), 0) from audit_checkpoint) begin
  select raise(abort, 'entries of the audit are not deleted');
end;
insert into key_version values (1, 0);
insert into usage_summed values (1, 0);
insert into response_sums values ('', 0, 0);
insert into series_reach values ('ledger', 0, 0);
insert into series_reach values ('marks', 0, 0);
insert into series_reach values ('requests', 0, 0);
insert into series_reach values ('uses', 0, 0);
insert into content_sums values (1, 0, 0);
insert into reply_sums values ('', 0, 0);
insert into answer_sums values (1, 0, 0);
insert into vault_sums values ('', 0, 0);
pragma user_version = 28;
`
