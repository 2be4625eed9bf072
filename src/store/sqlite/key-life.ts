/**
 * What becomes of keys after they were made: another secret beside the one before, a pause, addresses; and what was done to them. Acts go with
 * their key, and of each key the newest stay (`LIMITS.keyActs`, as it was when this was written).
 */
export const KEY_LIFE = `
alter table keys add column addresses text;
alter table keys add column earlier text;
alter table keys add column rotated_at_ms integer;
alter table keys add column paused_at_ms integer;
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
`
