/**
 * Marks of lines of the request log, by blocks of lines one after the other, as schema 18 brought them. They find lines of one key as well as the index over
 * keys did, at whose many ends each batch wrote. The lines that are there are marked backwards from the newest, a block at a time.
 */
export const MARK_TABLES = `
create table request_marks (
  after integer primary key,
  upto integer not null,
  from_ms integer not null,
  to_ms integer not null,
  marks blob not null
);
create index request_marks_by_time on request_marks (to_ms);
insert into series_reach select 'marks', coalesce(max(sequence), 0), coalesce(max(sequence), 0) from requests;
drop index requests_by_key;
`
