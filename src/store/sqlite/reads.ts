import type { Database } from 'bun:sqlite'
import { readAlertPage, readDeliveryPage, readUnusedKeys } from './alert-reads.ts'
import { readAnswer, readAnswerReport, readAnswerTotals } from './answer-reads.ts'
import { readAskedFor } from './asked-for.ts'
import { countContentOf, readContent, readContentTotals } from './content-reads.ts'
import { readFacet, readNeighbours } from './facet-reads.ts'
import { readGuardCounts } from './guard-reads.ts'
import { readKeyUses } from './key-acts.ts'
import { readLedgerPage, readSpent, readUsage } from './ledger-reads.ts'
import { readConversation, readResponse } from './response-reads.ts'
import { readSavings } from './savings-reads.ts'
import { readSeries } from './series-reads.ts'
import { readLostSpend } from './lost-spend.ts'
import { readShadowPage, readShadowReport } from './shadow-reads.ts'
import { readSpendLogged, readSpendSplit } from './spend-reads.ts'
import { readThrottled } from './throttled-reads.ts'
import { countSaidIn, countValuesOf, readHolds, readValues, readValuesAt } from './vault-reads.ts'
import { readSaid } from './said-reads.ts'
import { readReply } from './reply-writes.ts'
import { readRequest, readRequestPage, readRequestsSince } from './request-reads.ts'

/** Everything that is read from tables which grow, by name: a function over a connection that gives plain data. */
export const READS = {
  keyUses: readKeyUses,
  spent: readSpent,
  usage: readUsage,
  ledgerPage: readLedgerPage,
  askedFor: readAskedFor,
  content: readContent,
  contentsOf: countContentOf,
  contentTotals: readContentTotals,
  said: readSaid,
  request: readRequest,
  requestPage: readRequestPage,
  requestsSince: readRequestsSince,
  facet: readFacet,
  guardCounts: readGuardCounts,
  neighbours: readNeighbours,
  savings: readSavings,
  series: readSeries,
  spendSplit: readSpendSplit,
  spendLost: readLostSpend,
  spendLogged: readSpendLogged,
  throttled: readThrottled,
  alertPage: readAlertPage,
  alertDeliveryPage: readDeliveryPage,
  unusedKeys: readUnusedKeys,
  shadowPage: readShadowPage,
  shadowReport: readShadowReport,
  response: readResponse,
  conversation: readConversation,
  reply: readReply,
  answer: readAnswer,
  answerTotals: readAnswerTotals,
  answerReport: readAnswerReport,
  values: readValues,
  valuesAt: readValuesAt,
  holdsValues: readHolds,
  valuesSaidIn: countSaidIn,
  valuesOf: countValuesOf,
} as const

type Reads = typeof READS

export type ReadName = keyof Reads

/** What is asked besides the connection. */
export type ReadQuestion<Name extends ReadName> =
  Parameters<Reads[Name]> extends [Database, ...infer Question] ? Question : never

/** Answers questions about tables that grow. */
export interface RowReader {
  /** Rejects when the database cannot be read now, or when too many ask. */
  read<Name extends ReadName>(name: Name, ...question: ReadQuestion<Name>): Promise<ReturnType<Reads[Name]>>
  close(): void
}

type Read<Name extends ReadName> = (
  database: Database,
  ...question: ReadQuestion<Name>
) => ReturnType<Reads[Name]>

/** Answers one question on a connection. */
export function answerRead<Name extends ReadName>(
  database: Database,
  name: Name,
  question: ReadQuestion<Name>,
): ReturnType<Reads[Name]> {
  const read: unknown = READS[name]
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the compiler cannot pair a member with its own parameters
  return (read as Read<Name>)(database, ...question)
}

/** Reads on the caller's own connection and thread: for databases in memory, which no other thread can see. */
export function createInlineReader(database: Database): RowReader {
  return { read: async (name, ...question) => answerRead(database, name, question), close() {} }
}
