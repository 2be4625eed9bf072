import { ownerSums } from './owner-sums.ts'

/**
 * The table of values that were masked. They are sealed; no digest can be tried without the key that they are sealed with, which lies beside
 * the store. Sums tell how much is kept of each owner, and of all under the empty name, without looking through it.
 */
export const VAULT_TABLES = `
create table vault (
  sequence integer primary key,
  id text not null unique,
  owner text not null,
  place text not null,
  key_id text,
  user_id text,
  customer_id text,
  project text,
  team_id text,
  organisation_id text,
  request_id text not null,
  guardrail text not null,
  at_ms integer not null,
  ends_ms integer not null,
  print text not null,
  seal_key text not null,
  goes_back integer not null,
  bytes integer not null,
  sealed blob not null
);
create index vault_by_end on vault (ends_ms);
create index vault_by_owner on vault (owner, at_ms);
create index vault_by_place on vault (place);
create index vault_by_request on vault (request_id);

${ownerSums({ table: 'vault', sums: 'vault_sums', rows: 'rows' })}`
