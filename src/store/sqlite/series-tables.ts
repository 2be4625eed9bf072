import { underscored } from '../../kit/underscored.ts'
import { SERIES_AMOUNTS, SERIES_SUMS } from '../series.ts'
import { SERIES_SPANS } from './series-spans.ts'

/** Columns of numbers; amounts are whole dollars and the rest, as everywhere. */
export const SERIES_COLUMNS: readonly string[] = [
  ...SERIES_SUMS.map(underscored),
  ...SERIES_AMOUNTS.flatMap((amount) => [`${amount}_usd`, `${amount}_nano`]),
]

/**
 * Sums for charts: of each name of each dimension, by minute, hour and day. Not of their combinations, of which there are too many for a chart of a
 * month to be read in a moment. `weight` is how many rows were summed under a name. `series_reach` says which rows of a table are summed: those
 * behind `behind` and up to `upto`. Rows that are there already are summed backwards from the newest, a few at a time.
 */
export const SERIES_TABLES = `
create table series_names (
  id integer primary key,
  dimension text not null,
  name text not null,
  weight integer not null,
  unique (dimension, name)
);
create table series (
  name_id integer not null,
  span_ms integer not null,
  at_ms integer not null,
  ${[
    'requests',
    'ok',
    'gone',
    'client_errors',
    'gateway_errors',
    'provider_errors',
    'attempts',
    'failed_attempts',
    'fallbacks',
    'retries',
    'hedges',
    'input_tokens',
    'cache_read_tokens',
    'cache_write_tokens',
    'output_tokens',
    'reasoning_tokens',
    'unpriced',
    'settled_usd',
    'settled_nano',
    'estimated_usd',
    'estimated_nano',
    'simulated_usd',
    'simulated_nano',
  ]
    .map((name) => `${name} integer not null,`)
    .join('\n  ')}
  durations text not null,
  first_events text not null,
  primary key (name_id, span_ms, at_ms)
) without rowid;
create table series_reach (
  source text primary key,
  behind integer not null,
  upto integer not null
) without rowid;
insert into series_reach select 'requests', coalesce(max(sequence), 0), coalesce(max(sequence), 0) from requests;
insert into series_reach select 'ledger', coalesce(max(sequence), 0), coalesce(max(sequence), 0) from ledger;
`

/**
 * Sums of minutes as schema 15 keeps them: one text for all names of a kind in a minute, which is as much to write as one name in a row of its
 * own, and for the hours that are over, one text for all minutes of a name, which is what charts read. Sums of hours and days are made of minutes
 * that are over, so that each is written about once. The index tells which names of long times are the largest.
 */
export const SERIES_MINUTES = `
create table series_minutes (
  kind text not null,
  at_ms integer not null,
  points text not null,
  primary key (kind, at_ms)
);
create table series_details (
  name_id integer not null,
  at_ms integer not null,
  points text not null,
  primary key (name_id, at_ms)
);
create index series_by_day on series (name_id, at_ms, requests, attempts) where span_ms = ${SERIES_SPANS.day};
`
