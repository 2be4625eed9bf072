/**
 * Why an attempt was begun, and what was saved by looking at answers, as schema 9 brought them. The index holds those lines alone that
 * tell of it.
 */
export const BEGUN_COLUMNS = `
alter table ledger add column begun_for text;
alter table ledger add column rung integer;
alter table requests add column saved_nano_usd integer;
create index requests_by_saving on requests (at_ms) where saved_nano_usd is not null;
`
