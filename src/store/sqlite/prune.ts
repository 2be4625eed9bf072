import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import type { Expiry, Pruned } from '../store.ts'
import { createMarkWriter } from './mark-writes.ts'
import { SERIES_SPANS } from './series-spans.ts'
import { createSeriesWriter } from './series-writes.ts'
import { numberAt, type SqlRow } from './sql-values.ts'
import { createValuePrune } from './vault-writes.ts'

/** Pages that stay empty for the rows to come; what is free beyond them goes back to the disk. */
const SPARE_PAGES = 1_000
/** Pages given back at once. */
const RETURNED_PAGES = 200
/** Lines whose length is taken for the length of all. */
const SAMPLED_LINES = 200
/** What a line takes besides its long texts: the short ones, the numbers and its places in four indexes. Measured. */
const LINE_BYTES = 220
/** The part of a page that holds something. Measured. */
const FILLED = 0.85

const LENGTH = `length(cast(requested_model || attempts || notices || coalesce(decision, '') as blob))`

/** Prepares a function that removes one small batch of what is old enough, in a transaction of its own. */
export function createPrune(database: Database): (expiry: Expiry) => Pruned {
  const deleteByAge = database.query<unknown, [number, number]>(
    `delete from requests where sequence in
       (select sequence from requests where at_ms < ? order by at_ms limit ?)`,
  )
  const deleteBySize = database.query<unknown, [number, number]>(
    `delete from requests where sequence in
       (select sequence from requests where sequence <= ? order by sequence limit ?)`,
  )
  const deleteResponses = database.query<unknown, [number, number]>(
    `delete from responses where sequence in
       (select sequence from responses where used_ms < ? order by used_ms limit ?)`,
  )
  const deleteReplies = database.query<unknown, [number, number]>(
    `delete from replies where sequence in (select sequence from replies where at_ms < ? order by at_ms limit ?)`,
  )
  const deleteAnswers = createAnswerPrune(database)
  const deleteValues = createValuePrune(database)
  const deleteContents = createContentPrune(database)
  const deleteShadows = database.query<unknown, [number, number, number]>(
    `delete from shadows where sequence in
       (select sequence from shadows where at_ms < ? or sequence <= (select max(sequence) from shadows) - ? limit ?)`,
  )
  const deleteSeries = createSeriesPrune(database)
  const forget = createForget(database)
  const deleteKeys = database.query<unknown, [number, number, string, number]>(
    `delete from keys where sequence in
       (select sequence from keys where (revoked_at_ms < ? or expires_at_ms < ?) and id <> ? limit ?)`,
  )
  const prune = database.transaction((expiry: Expiry): number => {
    const { keysBeforeMs, requestsBeforeMs, responsesBeforeMs } = expiry
    const { repliesBeforeMs = 0, vaultEndsMs = 0 } = expiry
    // First, because what was said is what nobody wants to be kept for longer.
    const unused = deleteResponses.run(responsesBeforeMs, LIMITS.pruneResponses).changes
    if (unused > 0) return unused
    const replied = deleteReplies.run(repliesBeforeMs, LIMITS.pruneResponses).changes
    if (replied > 0) return replied
    const said = deleteValues(vaultEndsMs) || deleteAnswers(expiry) || deleteContents(expiry)
    if (said > 0) return said
    const aged = deleteByAge.run(requestsBeforeMs, LIMITS.pruneRows).changes
    if (aged > 0) return aged + forget()
    const beyond = deleteBySize.run(lastBeyond(database, expiry.requestBytes), LIMITS.pruneRows).changes
    if (beyond > 0) return beyond + forget()
    const compared = deleteShadows.run(expiry.shadowsBeforeMs, expiry.shadowRows, LIMITS.pruneRows).changes
    if (compared > 0) return compared
    const sums = deleteSeries(expiry)
    if (sums > 0) return sums
    // Last, because all keys are looked through for it.
    return deleteKeys.run(keysBeforeMs, keysBeforeMs, expiry.keptKey, LIMITS.pruneRows).changes
  })
  const series = createSeriesWriter(database)
  const marks = createMarkWriter(database)
  // Marks first, since without those of all lines none are used.
  const catchUp = database.transaction(() => marks.catchUp() || series.catchUp())
  // Minutes that are not made into hours yet would be forgotten with the others.
  const rollUp = database.transaction((beforeMs: number) => series.rollUp(beforeMs))
  return (expiry) => {
    if (rollUp.immediate(expiry.seriesMinutesBeforeMs)) return { rows: 0, more: true }
    const rows = prune.immediate(expiry)
    if (rows > 0) return { rows, more: true }
    if (catchUp.immediate()) return { rows: 0, more: true }
    return { rows: 0, more: returnPages(database) }
  }
}

/** Prepares what removes a batch of what was said: what is too old, then the oldest while there is more than there is room for. */
function createContentPrune(database: Database): (expiry: Expiry) => number {
  const deleteByAge = database.query<unknown, [number, number]>(
    `delete from contents where sequence in (select sequence from contents where at_ms < ? order by at_ms limit ?)`,
  )
  const deleteBySize = database.query<unknown, [number, number]>(
    `delete from contents where (select bytes from content_sums) > ? and sequence in
       (select sequence from contents order by at_ms, sequence limit ?)`,
  )
  return ({ contents }) => {
    if (contents === undefined) return 0
    const aged = deleteByAge.run(contents.beforeMs, LIMITS.pruneRows).changes
    if (aged > 0) return aged
    return deleteBySize.run(Math.min(contents.bytes, Number.MAX_SAFE_INTEGER), LIMITS.pruneContents).changes
  }
}

/** Prepares what removes a batch of answers: those that have ended, then those that were not used for longest. */
function createAnswerPrune(database: Database): (expiry: Expiry) => number {
  const deleteEnded = database.query<unknown, [number, number]>(
    `delete from answers where sequence in
       (select sequence from answers where ends_at_ms <= ? order by ends_at_ms limit ?)`,
  )
  const deleteUnused = database.query<unknown, [number, number]>(
    `delete from answers where (select bytes from answer_sums) > ? and sequence in
       (select sequence from answers order by used_ms, sequence limit ?)`,
  )
  return ({ answers }) => {
    if (answers === undefined) return 0
    const ended = deleteEnded.run(answers.endedMs, LIMITS.pruneRows).changes
    if (ended > 0) return ended
    return deleteUnused.run(Math.min(answers.bytes, Number.MAX_SAFE_INTEGER), LIMITS.pruneContents).changes
  }
}

/**
 * Prepares what forgets of lines that went, and gives 0. Places are given anew where the last line went: what reaches behind the last that is
 * left would pass over those that come.
 */
function createForget(database: Database): () => 0 {
  const forgetMarks = database.query(
    'delete from request_marks where upto < (select coalesce(min(sequence), 9e15) from requests)',
  )
  const newest = '(select coalesce(max(sequence), 0) from requests)'
  const draw = database.query(
    `update series_reach set upto = min(upto, ${newest}), behind = min(behind, ${newest})
     where source in ('requests', 'marks') and upto > ${newest}`,
  )
  const cut = database.query(`update request_marks set upto = ${newest} where upto > ${newest}`)
  return () => {
    forgetMarks.run()
    draw.run()
    cut.run()
    return 0
  }
}

/** Prepares what removes a batch of sums of minutes or hours. */
function createSeriesPrune(database: Database): (expiry: Expiry) => number {
  const deleteDetails = database.query<unknown, [number, number]>(
    `delete from series_details where (name_id, at_ms) in (
       select name_id, at_ms from series_details
       where name_id in (select id from series_names) and at_ms < ? limit ?)`,
  )
  const deleteSums = database.query<unknown, [number, number, number]>(
    `delete from series where (name_id, span_ms, at_ms) in (
       select name_id, span_ms, at_ms from series
       where name_id in (select id from series_names) and span_ms = ? and at_ms < ? limit ?)`,
  )
  return ({ seriesMinutesBeforeMs, seriesHoursBeforeMs }) =>
    deleteDetails.run(seriesMinutesBeforeMs, LIMITS.pruneRows).changes ||
    deleteSums.run(SERIES_SPANS.minute, seriesMinutesBeforeMs, LIMITS.pruneRows).changes ||
    deleteSums.run(SERIES_SPANS.hour, seriesHoursBeforeMs, LIMITS.pruneRows).changes
}

/**
 * The place of the last line for which there is no room in so many bytes. Exact sums would read the whole log, so the newest lines tell how
 * long one is, and places count them: in the order of writing, which no clock that was wrong for a while mixes up.
 */
function lastBeyond(database: Database, bytes: number): number {
  const row = database
    .query<SqlRow, []>(
      `select max(sequence) as newest,
         (select avg(${LENGTH}) from (select * from requests order by sequence desc limit ${SAMPLED_LINES})) as long
       from requests`,
    )
    .get()
  if (row === null) return 0
  return numberAt(row, 'newest') - Math.floor((bytes * FILLED) / (numberAt(row, 'long') + LINE_BYTES))
}

/**
 * Gives some empty pages back to the disk, where the file can do so (`auto_vacuum`, https://www.sqlite.org/pragma.html#pragma_incremental_vacuum).
 * True when there are more than the spare ones left.
 */
function returnPages(database: Database): boolean {
  if (pragma(database, 'auto_vacuum') !== INCREMENTAL) return false
  if (pragma(database, 'freelist_count') <= SPARE_PAGES) return false
  database.run(`pragma incremental_vacuum(${RETURNED_PAGES})`)
  return pragma(database, 'freelist_count') > SPARE_PAGES
}

/** Above this a file is not written anew at a start, which would take longer than a start may. */
const MOST_REWRITTEN_BYTES = 64 * 1024 * 1024
/** Pages are given back when that is asked for, and not with each transaction. */
const INCREMENTAL = 2

/**
 * Lets a file of an older version give pages back, for which it must be written anew once. A large one stays as it is: it uses its
 * empty pages for new rows, so it does not grow, and does not shrink.
 */
export function makeShrinkable(database: Database): void {
  const bytes = pragma(database, 'page_count') * pragma(database, 'page_size')
  if (pragma(database, 'auto_vacuum') === INCREMENTAL || bytes > MOST_REWRITTEN_BYTES) return
  database.run(`pragma auto_vacuum = ${INCREMENTAL}`)
  try {
    database.run('vacuum')
  } catch {
    // Somebody reads it, or the disk has no room for a second copy: a later start tries again.
  }
}

/** The number that a pragma answers. */
function pragma(database: Database, name: string): number {
  const [row] = database.query(`pragma ${name}`).values()
  return Number(row?.[0] ?? 0)
}
