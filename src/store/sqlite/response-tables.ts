/**
 * The tables of answers that are kept for their owners, as schema 8 made them. What was said lies beside the rest, so that it is not
 * written again when an answer is used again; sums tell what is kept without looking through it.
 */
export const RESPONSE_TABLES = `
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
insert into response_sums values ('', 0, 0);
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
`
