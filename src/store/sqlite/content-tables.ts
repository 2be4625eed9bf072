/**
 * What was said in requests, where that is kept: apart from the request log, so that no page of it reads a byte of this. The body is
 * compressed; it is absent where somebody has removed it. Sums tell how much there is without looking through it.
 */
export const CONTENT_TABLES = `
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
insert into content_sums values (1, 0, 0);
create trigger contents_inserted after insert on contents begin
  update content_sums set rows = rows + 1, bytes = bytes + new.bytes;
end;
create trigger contents_updated after update of bytes on contents begin
  update content_sums set bytes = bytes + new.bytes - old.bytes;
end;
create trigger contents_deleted after delete on contents begin
  update content_sums set rows = rows - 1, bytes = bytes - old.bytes;
end;
`
