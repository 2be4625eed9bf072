/** The table of comparisons, as schema 10 made it. */
export const SHADOW_TABLE = `
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
`
