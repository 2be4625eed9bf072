import { pack } from '../../kit/content-coding.ts'
import type { Json } from '../../kit/json.ts'
import type { Secret } from '../../kit/secret.ts'
import {
  RECORD_FIELD_NAMES,
  recordFieldFacts,
  type RecordFieldFacts,
  type RequestRecord,
} from '../record-fields.ts'
import { DELIVERED, type Delivery } from './delivery.ts'
import type { RecordChannel } from './record-channel.ts'
import { isTaken, sendBody, type Carrier, type Said } from './send-body.ts'

/** A table of ClickHouse, and who writes there. Names hold letters, digits and underscores only. */
export interface ClickHouseTerms {
  /** Of its HTTP interface, such as `http://127.0.0.1:8123`. */
  readonly url: string
  readonly database: string
  readonly table: string
  readonly user?: Secret | undefined
  readonly password?: Secret | undefined
  /** Is the table made where there is none? */
  readonly create: boolean
}

/** How rows are read: those that many gateways send are gathered by the server, and are kept when it answers. */
const INSERT_SETTINGS = {
  async_insert: '1',
  wait_for_async_insert: '1',
  date_time_input_format: 'best_effort',
  // A table that somebody made with fewer columns takes what it knows.
  input_format_skip_unknown_fields: '1',
} as const

/** Rows that cannot be read, or are too much: it answers so to mistakes in what it is sent (`exceptionCodeToHTTPStatus.cpp`). */
const REFUSED: readonly number[] = [400, 413]
const UNKNOWN_TABLE = '60'

/** Creates a channel to ClickHouse, over its HTTP interface. */
export function createClickHouse(carrier: Carrier, terms: ClickHouseTerms): RecordChannel {
  let isMade = !terms.create
  const ask = async (query: string, body: Uint8Array): Promise<Said> => {
    const url = `${terms.url}/?${new URLSearchParams({ query, ...(body.length > 0 ? INSERT_SETTINGS : {}) })}`
    const headers = { ...credentials(terms), ...(body.length > 0 ? { 'content-encoding': 'gzip' } : {}) }
    return sendBody(carrier, { method: 'POST', url, headers, body, pool: terms.url })
  }
  return {
    spell: toRow,
    async send(batch) {
      if (!isMade) {
        const made = await ask(createTable(terms), new Uint8Array())
        if ('failed' in made || !isTaken(made.status)) return { result: 'unavailable', why: reasonOf(made) }
        isMade = true
      }
      const said = await ask(
        `INSERT INTO ${tableName(terms)} FORMAT JSONEachRow`,
        await pack(`${batch.lines.join('\n')}\n`),
      )
      if (terms.create && exceptionCode(said) === UNKNOWN_TABLE) isMade = false
      return judge(said)
    },
  }
}

function credentials({ user, password }: ClickHouseTerms): Record<string, string> {
  return {
    ...(user === undefined ? {} : { 'x-clickhouse-user': user.reveal() }),
    ...(password === undefined ? {} : { 'x-clickhouse-key': password.reveal() }),
  }
}

function judge(said: Said): Delivery {
  if (!('failed' in said) && isTaken(said.status) && exceptionCode(said) === undefined) return DELIVERED
  const isRefused = !('failed' in said) && REFUSED.includes(said.status)
  return { result: isRefused ? 'refused' : 'unavailable', why: reasonOf(said) }
}

function reasonOf(said: Said): string {
  if ('failed' in said) return said.failed
  const code = exceptionCode(said)
  const name = /\(([A-Z][A-Z_]{2,60})\)/.exec(said.text)?.[1]
  return [
    `status ${said.status}`,
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(name === undefined ? [] : [name]),
  ].join(', ')
}

function exceptionCode(said: Said): string | undefined {
  return 'failed' in said ? undefined : (said.headers.get('x-clickhouse-exception-code') ?? undefined)
}

function tableName({ database, table }: ClickHouseTerms): string {
  return `\`${database}\`.\`${table}\``
}

/** What makes the table. A record that comes twice is one row once parts are merged, and with `FINAL` at once. */
function createTable(terms: ClickHouseTerms): string {
  const columns = RECORD_FIELD_NAMES.map((name) => `  \`${name}\` ${columnType(recordFieldFacts(name))}`)
  return `CREATE TABLE IF NOT EXISTS ${tableName(terms)} (
${columns.join(',\n')}
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(\`at\`)
ORDER BY (\`at\`, \`id\`)`
}

/** Texts that are absent are empty; numbers that are absent are null, since 0 would be one. Money has nine decimals: nano-USD. */
const TYPES: Readonly<Record<RecordFieldFacts['kind'], string>> = {
  moment: "DateTime64(3, 'UTC')",
  money: 'Decimal(18, 9)',
  word: 'LowCardinality(String)',
  text: 'String',
  count: 'UInt64',
  number: 'Float64',
  flag: 'Bool',
  texts: 'Array(String)',
  part: 'String',
  parts: 'String',
}

function columnType({ kind, always }: RecordFieldFacts): string {
  const isNumber = kind === 'money' || kind === 'number' || kind === 'count'
  return isNumber && always !== true ? `Nullable(${TYPES[kind]})` : TYPES[kind]
}

/** A record as a row: what has parts is JSON text. */
function toRow(record: RequestRecord): string {
  const row: Record<string, Json> = {}
  for (const name of RECORD_FIELD_NAMES) {
    const value = record[name]
    if (value === undefined) continue
    const { kind } = recordFieldFacts(name)
    row[name] = kind === 'part' || kind === 'parts' ? JSON.stringify(value) : value
  }
  return JSON.stringify(row)
}
