import { ownerSums } from './owner-sums.ts'

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

${ownerSums({ table: 'responses', sums: 'response_sums', rows: 'responses', onDelete: 'delete from response_texts where sequence = old.sequence;' })}`
