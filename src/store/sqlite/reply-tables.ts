import { ownerSums } from './owner-sums.ts'

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

${ownerSums({ table: 'replies', sums: 'reply_sums', rows: 'replies' })}`
