/**
 * The tables of the audit. Entries cannot be changed, and are deleted only from the begin on, behind a checkpoint: whoever wants to get around
 * that has to take the triggers away first, and the chain tells it all the same.
 */
export const AUDIT_TABLES = `
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
`
