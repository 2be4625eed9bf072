import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { DIALECTS } from '../../src/dialects/all.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import { Failure } from '../../src/exchange/failure.ts'
import { featuresOf, type ModelRequest } from '../../src/exchange/operations/all.ts'
import { parseJsonObject, readObject, readString, type JsonObject } from '../../src/kit/json.ts'
import { parseBody, withModel, type ParsedBody } from '../../src/server/parse-body.ts'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { validBodies } from './canonical-samples.ts'
import { damageJson, jsonDamages, pick, shapesIn } from './damaged-json.ts'
import { ENDPOINTS, headFor, named, TARGET } from './every-codec.ts'

/*
 * Requests that are nearly right, at every endpoint: each is understood, or refused as the client's mistake, in its dialect and with
 * the name of what is wrong. What was understood can be counted, passed and written for every dialect, or is refused likewise.
 */

const TAKING_BODIES = ENDPOINTS.filter(({ codec }) => codec.takesNoBody !== true)

const CASES = fc.record({ which: fc.nat(9_999), damages: jsonDamages })

/** What is understood of a body. */
function understand(
  at: ListedEndpoint,
  text: string,
): { readonly body: ParsedBody; readonly request: ModelRequest } {
  const head = headFor(at)
  const parsed = parseBody(new TextEncoder().encode(text))
  const body = at.endpoint.includes('{+model}') ? withModel(parsed, 'm') : parsed
  return { body, request: at.codec.decodeRequest(body, head).request }
}

/** What is wrong with the way in which an act fails; undefined where it does not fail, or fails as it should. */
function wrongIn(dialect: Dialect, act: () => void): string | undefined {
  try {
    act()
    return undefined
  } catch (thrown) {
    return thrown instanceof Failure ? wrongOf(thrown, dialect) : `thrown: ${String((thrown as Error).stack)}`
  }
}

function wrongOf(failure: Failure, dialect: Dialect): string | undefined {
  const { code, row, details } = failure
  if (row.source !== 'client' || row.status >= 500) return `the client is told ${code}: ${failure.message}`
  const { status, body } = dialect.encodeFailure(failure, { requestId: 'req_1', attempts: [] })
  if (status < 400 || status >= 500) return `status ${status}`
  const message = messageIn(parseJsonObject(textOf(body)) ?? {})
  if (message === undefined) return `no message: ${textOf(body)}`
  if (code === 'invalid-json') return undefined
  if (details.param === undefined) return `no field is named: ${message}`
  const name = /[^.[\]]+(?=[\][\d]*$)/.exec(details.param)?.[0] ?? details.param
  return message.includes(name) ? undefined : `'${details.param}' is not named: ${message}`
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}

/** What a client reads of an error. */
function messageIn(body: JsonObject): string | undefined {
  return readString(readObject(body, 'error') ?? body, 'message')
}

/** All that the house does with a request before a byte leaves it. */
function handle(at: ListedEndpoint, text: string): string | undefined {
  let understood: ReturnType<typeof understand> | undefined
  const wrong = wrongIn(at.dialect, () => {
    understood = understand(at, text)
  })
  if (understood === undefined) return wrong
  const { body, request } = understood
  const { dialect, operation, codec } = at
  return (
    wrongIn(dialect, () => checkFeatures(request)) ??
    wrongIn(dialect, () => void codec.passRequest?.(body, { ...TARGET, request })) ??
    DIALECTS.map((other) =>
      wrongIn(dialect, () => void other.codecs[operation]?.encodeRequest(request as never, TARGET)),
    ).find((found) => found !== undefined)
  )
}

function checkFeatures(request: ModelRequest): void {
  for (const [name, count] of Object.entries(featuresOf(request)))
    if (typeof count === 'number' && !(count >= 0)) throw new RangeError(`${name} is ${count}`)
}

/** Every value of a body once, wherever it stands first. */
function* placesOf(
  bodies: readonly JsonObject[],
): Generator<{ readonly body: JsonObject; readonly at: number }> {
  const seen = new Set<string>()
  for (const body of bodies) {
    for (const [at, shape] of shapesIn(body).entries()) {
      if (seen.has(shape)) continue
      seen.add(shape)
      yield { body, at }
    }
  }
}

/** Of the odd values, those that every value is replaced by; the others take turns. */
const ALWAYS = 3
const IN_TURN = 2

describe.each(TAKING_BODIES.map(named))('%s', (_name, endpoint) => {
  const bodies = validBodies(endpoint)
  const check = (texts: Iterable<string>, complain: (text: string) => string | undefined): void => {
    const complaints = new Complaints()
    for (const text of texts) complaints.add(complain(text), text)
    expect(complaints.all).toEqual([])
  }

  test(
    'what is nearly right is understood, or refused with the name of what is wrong',
    () => {
      expect(bodies).not.toBeEmpty()
      const cases = sample(CASES, endpoint.operation === 'chat' ? 120 : 40)
      check(
        cases.map(({ which, damages }) => damageJson(pick(bodies, which) ?? {}, damages)),
        (text) => handle(endpoint, text),
      )
    },
    PATIENCE_MS,
  )

  test(
    'no value of a body can be another kind of value, absent or there twice, without a word',
    () => {
      const texts: string[] = []
      for (const { body, at } of placesOf(bodies)) {
        const turn = texts.length * IN_TURN
        for (let by = 0; by < ALWAYS + IN_TURN; by += 1)
          texts.push(damageJson(body, [{ what: 'replace', at, by: by < ALWAYS ? by : by + turn }]))
        texts.push(
          damageJson(body, [{ what: 'remove', at, by: 0 }]),
          damageJson(body, [{ what: 'double', at, by: 0 }]),
        )
      }
      check(texts, (text) => wrongIn(endpoint.dialect, () => understand(endpoint, text)))
    },
    PATIENCE_MS,
  )
})
