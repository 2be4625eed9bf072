/**
 * Answers that are given again to whoever asks the same, sealed: what stands beside what is sealed is for finding them, and for telling what
 * there is. What they say lies apart, so that no look at all of them reads it. Sums tell how much there is; those of charts
 * tell what the cache did for requests.
 */
export const ANSWER_TABLES = `
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
insert into answer_sums values (1, 0, 0);
create trigger answers_inserted after insert on answers begin
  update answer_sums set answers = answers + 1, bytes = bytes + new.bytes;
end;
create trigger answers_deleted after delete on answers begin
  delete from answer_texts where sequence = old.sequence;
  update answer_sums set answers = answers - 1, bytes = bytes - old.bytes;
end;

alter table requests add column cache text;
${[
  'cache_hits',
  'cache_stale',
  'cache_coalesced',
  'cache_similar',
  'cache_misses',
  'cache_bypassed',
  'cache_saved_nano',
]
  .map((name) => `alter table series add column ${name} integer not null default 0;`)
  .join('\n')}
`
