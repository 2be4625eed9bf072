import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { DIALECTS } from '../../src/dialects/all.ts'
import type { Dialect, ErrorResponse } from '../../src/dialects/dialect.ts'
import { Failure } from '../../src/exchange/failure.ts'
import { FAILURES, type FailureCode } from '../../src/exchange/failure-table.ts'
import { UNIT_NAMES } from '../../src/exchange/units.ts'
import { parseJsonObject } from '../../src/kit/json.ts'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { pick } from './damaged-json.ts'
import { damageWire, wireDamages } from './damaged-wire.ts'

/*
 * Errors of providers that are nearly right: whatever comes, it is read as a failure that can be told to the clients of every dialect.
 */

const CODES = Object.keys(FAILURES) as FailureCode[]
const STATUSES = [200, 204, 300, 400, 401, 404, 413, 418, 429, 499, 500, 502, 503, 529, 599]
const WAITS = [
  '',
  '0',
  '7',
  '-1',
  '1e9',
  'NaN',
  '99999999999999',
  '0x10',
  'soon',
  'Wed, 99 Foo 2026 99:99:99 GMT',
  '1.5',
  '6m0s',
]
const WAIT_HEADERS = [
  'retry-after',
  'retry-after-ms',
  'x-ratelimit-reset-requests',
  'anthropic-ratelimit-tokens-reset',
]
/** No message that is told is longer; prompts are quoted back in errors. */
const MOST_CHARACTERS = 4_000

const CASES = fc.record({
  code: fc.constantFrom(...CODES),
  status: fc.constantFrom(...STATUSES),
  wait: fc.record({ header: fc.constantFrom(...WAIT_HEADERS), value: fc.constantFrom(...WAITS) }),
  damages: wireDamages,
  which: fc.nat(99),
})

/** What an error in any dialect looks like, before it is damaged. */
function errorBody(code: FailureCode, which: number): string {
  const failure = new Failure(code, { retryAfterMs: 7_000, param: 'messages[0]', message: 'It broke.' })
  const { body } = (pick(DIALECTS, which) as Dialect).encodeFailure(failure, {
    requestId: 'req_1',
    attempts: [],
  })
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}

/** Complaints about a failure as the house goes on with it. */
function wrongIn({ code, status, message, details }: Failure): string | undefined {
  const { retryAfterMs = 0, usage, upstream } = details
  if (code === 'internal') return `internal: ${message}`
  if (status < 400 || status > 599) return `status ${status}`
  if (message.trim() === '' || message.length > MOST_CHARACTERS) return `a message of ${message.length}`
  if (!(retryAfterMs >= 0 && Number.isFinite(retryAfterMs))) return `a wait of ${retryAfterMs}`
  if (upstream === undefined) return 'nobody said it'
  const unit = UNIT_NAMES.find(
    (name) => !(Number.isSafeInteger(usage?.[name] ?? 0) && (usage?.[name] ?? 0) >= 0),
  )
  return unit === undefined ? undefined : `${unit} is ${usage?.[unit]}`
}

/** Complaints about how a failure is told. */
function wrongTold(failure: Failure): string | undefined {
  for (const dialect of DIALECTS) {
    const { status, headers, body } = dialect.encodeFailure(failure, { requestId: 'req_1', attempts: [] })
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
    if (status < 400 || status > 599) return `${dialect.name} says ${status}`
    if (parseJsonObject(text) === undefined) return `${dialect.name} writes ${text}`
    const wait = new Headers(headers).get('retry-after') ?? '0'
    if (!/^\d{1,9}$/.test(wait)) return `${dialect.name} says retry-after ${wait}`
  }
  return undefined
}

function handle(dialect: Dialect, response: ErrorResponse): string | undefined {
  try {
    const failure = dialect.decodeFailure(response)
    return wrongIn(failure) ?? wrongTold(failure)
  } catch (thrown) {
    return `thrown: ${String((thrown as Error).stack)}`
  }
}

test.each(DIALECTS.map((dialect): [string, Dialect] => [dialect.name, dialect]))(
  'an error of %s that is nearly right is a failure that can be told to everybody',
  (_name, dialect) => {
    const complaints = new Complaints()
    for (const { code, status, wait, damages, which } of sample(CASES, 80)) {
      const body = damageWire(errorBody(code, which), damages, dialect.framing)
      const headers = new Headers({ [wait.header]: wait.value })
      const tried = `${status} ${wait.header}: ${wait.value} ${new TextDecoder().decode(body)}`
      complaints.add(handle(dialect, { status, headers, body, nowMs: 1e12 }), tried)
    }
    expect(complaints.all).toEqual([])
  },
  PATIENCE_MS,
)
