/** The tables of versions of the configuration and of stored secrets, as the schema made them first. Texts and secrets are sealed. */
export const RELEASE_TABLES = `
create table config_versions (
  number integer primary key autoincrement,
  at_ms integer not null,
  made_by text not null,
  author text,
  comment text,
  of_number integer,
  hash text not null,
  changes text not null,
  left_out text,
  state text not null,
  verdict text,
  trial text,
  seen text not null,
  file_text blob,
  managed_text blob not null
);
create index config_versions_by_state on config_versions (state, number);

create table stored_secrets (
  name text primary key,
  at_ms integer not null,
  sealed blob not null
);
`
