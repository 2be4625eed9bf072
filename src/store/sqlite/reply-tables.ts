/**
 * The table of what requests with an idempotency key were answered. Sums tell how much is kept of each owner, and of all under the empty name,
 * without looking through it.
 */
export const REPLY_TABLES = `
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
insert into reply_sums values ('', 0, 0);
create trigger replies_inserted after insert on replies begin
  insert into reply_sums values (new.owner, 1, new.bytes)
    on conflict (owner) do update set replies = replies + 1, bytes = bytes + new.bytes;
  update reply_sums set replies = replies + 1, bytes = bytes + new.bytes where owner = '';
end;
create trigger replies_deleted after delete on replies begin
  update reply_sums set replies = replies - 1, bytes = bytes - old.bytes where owner in (old.owner, '');
  delete from reply_sums where owner = old.owner and replies = 0;
end;
`
