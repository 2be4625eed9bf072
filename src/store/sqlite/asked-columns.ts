const fact = (name: string, arrow: '->' | '->>'): string =>
  `generated always as (iif(json_valid(decision), decision ${arrow} '$.facts."${name}"', null)) virtual`

/**
 * What requests are asked for by, and no column held. The record of the decision holds what clients say of their requests; the columns
 * read it there and keep nothing a second time (https://www.sqlite.org/gencol.html: virtual).
 */
export const ASKED_COLUMNS = `
alter table requests add column attempt_count integer;
alter table requests add column session text ${fact('request.session', '->>')};
alter table requests add column client text ${fact('client.name', '->>')};
alter table requests add column tags text ${fact('request.tags', '->')};
`
