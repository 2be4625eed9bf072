/** How far the sums of hours reach: a gateway of an older version may still write rows while a newer command has brought the schema here. */
export const USAGE_REACH = `
create table usage_summed (
  only_row integer primary key check (only_row = 1),
  sequence integer not null
);
insert into usage_summed select 1, coalesce(max(sequence), 0) from ledger;
`

/**
 * Sums of hours as schema 22 finds them: by the hour and then by who is asked for, so that all that is written stands near the newest hour. Indexes
 * that began with owners were written at as many places as there are owners. When a key was used last has a table of its own.
 */
export const USAGE_INDEXES = `
drop index usage_hours_by_key;
drop index usage_hours_by_user;
drop index usage_hours_by_customer;
drop index usage_hours_by_project;
drop index usage_hours_by_team;
drop index usage_hours_by_organisation;
create index usage_hours_by_user on usage_hours (hour_ms, user_id) where user_id <> '';
create index usage_hours_by_customer on usage_hours (hour_ms, customer_id) where customer_id <> '';
create index usage_hours_by_project on usage_hours (hour_ms, project) where project <> '';
create index usage_hours_by_team on usage_hours (hour_ms, team_id) where team_id <> '';
create index usage_hours_by_organisation on usage_hours (hour_ms, organisation_id) where organisation_id <> '';
create table key_uses (
  key_id text primary key,
  hour_ms integer not null
) without rowid;
insert into key_uses select key_id, max(hour_ms) from usage_hours group by 1;
insert into series_reach select 'uses', 0, sequence from usage_summed;
`
