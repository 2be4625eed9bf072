/** Why the house asked of its own accord, and on whose behalf: columns as schema 6 made them. */
export const PURPOSE_COLUMNS = `
alter table ledger add column purpose text;
alter table ledger add column parent_id text;
alter table requests add column purpose text;
alter table requests add column parent_id text;
`
