/** The tables of what rings. That no two alerts of one rule and key are open is the index's to hold. */
export const ALERT_TABLES = `
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
`
