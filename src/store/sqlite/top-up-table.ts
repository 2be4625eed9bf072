import { LOST_SPEND_INDEX } from './lost-spend.ts'

/** The table of what was added to budgets for a time. Rows are few and stay: they say who raised what, and why. */
const TOP_UP_TABLE = `
create table top_ups (sequence integer primary key, id text not null unique, at_ms integer not null, scope text not null, owner text not null,
  span text not null, extra_nano_usd integer not null, until_ms integer not null, reason text not null, given_by text, ended_at_ms integer);
create index top_ups_by_end on top_ups (until_ms);
`

/** The step of the schema that the pages about money came with. */
export const MONEY_TABLES = `${LOST_SPEND_INDEX}${TOP_UP_TABLE}`
