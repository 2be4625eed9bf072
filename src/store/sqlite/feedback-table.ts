/** The table of feedback, as schema 14 made it. What is about a request goes when the request does. */
export const FEEDBACK_TABLE = `
create table feedback (
  sequence integer primary key,
  request_id text not null,
  at_ms integer not null,
  score real not null,
  label text,
  comment text,
  given_by text
);
create index feedback_by_request on feedback (request_id);
create trigger feedback_goes_with_request after delete on requests begin
  delete from feedback where request_id = old.id;
end;
`

/** What schema 16 added: which key gave it, and more than one word to count by. */
export const FEEDBACK_KEYS = `
alter table feedback add column key_id text;
alter table feedback add column labels text;
`
