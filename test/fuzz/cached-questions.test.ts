import { describe, expect, test } from 'bun:test'
import { QuestionKeys } from '../../src/caching/cache-key.ts'
import { DIALECTS } from '../../src/dialects/all.ts'
import { sampleEnvelope } from '../../src/exchange/envelope.fixture.ts'
import { MODEL_OPERATIONS, type ModelRequest } from '../../src/exchange/operations/all.ts'
import { sampleExchange } from '../../src/policies/samples.fixture.ts'
import { isObject, readString, type Json } from '../../src/kit/json.ts'
import { sampleRoute, sampleTarget } from '../../src/routing/samples.fixture.ts'
import { PATIENCE_MS } from './budget.ts'
import { validBodies } from './canonical-samples.ts'
import { clientForms } from './client-forms.ts'
import { firstPlaces, withText } from './damaged-json.ts'
import { named } from './every-codec.ts'
import { TAKING_BODIES, understand } from './handle-request.ts'

/*
 * Nobody gets the answer to another question: at every endpoint another value is written in the place of each of a body, and wherever
 * the house understands that, it is another question, but for what only says how an answer is delivered.
 */

const route = sampleRoute([sampleTarget('one/a')])
const keys = new QuestionKeys()

function keyOf(request: ModelRequest, headers: Readonly<Record<string, string>> = {}): string {
  const exchange = { ...sampleExchange({ request, envelope: sampleEnvelope(headers) }), route }
  return keys.of(exchange, { scope: 'shared' })?.key ?? 'inexact'
}

/** Values of every kind, each of which some place takes. */
const OTHERS = [
  '"other"',
  '"high"',
  '"auto"',
  '"none"',
  '7',
  '0.5',
  'true',
  'false',
  '[]',
  '["other"]',
  '{}',
  '[7]',
] as const

/** Members that say how an answer is delivered, and to whom, by the end of their names. */
const DELIVERY =
  /^\.(?:model|user|metadata(?:\..*)?|prompt_cache_key|stream|stream_options(?:\..*)?|embedding_types)$|\.cache_control(?:\.type)?$/

/** Members that say again what follows from what stands beside them, or nothing: what else a provider finds there, it refuses. */
const SAID_BESIDE =
  /\.tool_calls\[\]\.type$|\.tool_choice\.type$|\.tool_choice(?:\.allowed_tools)?\.mode$|\.allowed_tools\.tools\[\]\.type$|\.annotations$|\.summary(?:\[\]\.type)?$|\.functionResponse\.name$/

/** Nothing of a conversation that is made shorter is answered: what answers are to be like is not asked there. */
const UNHEARD_WHEN_COMPACTED = /^\.(?:text|tool_choice)(?:\..*)?$/

function tryToKey(...[endpoint, text]: Parameters<typeof understand>): string | undefined {
  try {
    return keyOf(understand(endpoint, text.replaceAll('models/theirs', 'models/m')).request)
  } catch {
    return undefined
  }
}

const asked = new Set<string>()

describe.each(TAKING_BODIES.map(named))('%s', (_name, endpoint) => {
  test(
    'tells questions apart that differ in anything but how they are delivered',
    () => {
      const same = new Set<string>()
      for (const { body, at, text, names } of firstPlaces(validBodies(endpoint))) {
        const key = tryToKey(endpoint, JSON.stringify(body))
        if (key === undefined) continue
        asked.add(endpoint.operation)
        const others = OTHERS.filter((other) => other !== text)
        if (others.some((other) => tryToKey(endpoint, withText(body, at, other)) === key)) same.add(names)
      }
      const mayBeSame = (names: string): boolean =>
        DELIVERY.test(names) ||
        SAID_BESIDE.test(names) ||
        (endpoint.endpoint.endsWith('/compact') && UNHEARD_WHEN_COMPACTED.test(names))
      expect([...same].filter((names) => !mayBeSame(names))).toEqual([])
    },
    PATIENCE_MS,
  )
})

/** Objects of which members say how an answer is delivered, or whose answer it is, so that one that is unknown does as well. */
const HOLDS_DELIVERY = /^\.(?:metadata|stream_options)$|\.cache_control$/

/** Objects of the same names, and of the same type where they say it, take the same unknown members. */
function kindOf(value: Json): string {
  return isObject(value) ? `${Object.keys(value).toSorted().join()}:${readString(value, 'type')}` : ''
}

/** Likewise; tools that the provider runs are not offered there. */
const UNTOLD_WHEN_COMPACTED = /^\.(?:text|tool_choice|tools\[\])(?:\..*)?$/

const askedBesides = new Set<string>()

function withNovel(object: string, value: number): string {
  return object === '{}' ? `{"zz":${value}}` : `${object.slice(0, -1)},"zz":${value}}`
}

test.each(TAKING_BODIES.map(named))(
  '%s tells questions apart that differ in a member that nobody knows, in whatever object',
  (_name, endpoint) => {
    const same = new Set<string>()
    for (const { body, at, text, names } of firstPlaces(
      [...validBodies(endpoint), ...clientForms(endpoint)],
      kindOf,
    )) {
      if (!text.startsWith('{')) continue
      const one = tryToKey(endpoint, withText(body, at, withNovel(text, 1)))
      if (one === undefined) continue
      askedBesides.add(endpoint.operation)
      if (one === tryToKey(endpoint, withText(body, at, withNovel(text, 2)))) same.add(names)
    }
    const mayBeSame = (names: string): boolean =>
      HOLDS_DELIVERY.test(names) ||
      (endpoint.endpoint.endsWith('/compact') && UNTOLD_WHEN_COMPACTED.test(names))
    expect([...same].filter((names) => !mayBeSame(names))).toEqual([])
  },
  PATIENCE_MS,
)

test('questions of every operation for which a model is asked were told apart', () => {
  expect([...asked].toSorted()).toEqual([...MODEL_OPERATIONS].toSorted())
  expect(askedBesides).toEqual(asked)
})

/** Headers that travel to providers and say who asks, not what. */
const WHO_ASKS: ReadonlySet<string> = new Set([
  'idempotency-key',
  'x-client-request-id',
  'session_id',
  'session-id',
  'conversation_id',
  'thread-id',
  'x-claude-code-session-id',
  'x-app',
  'x-client-name',
  'x-goog-api-client',
])

test.each([...new Set(DIALECTS.flatMap(({ forwardHeaders }) => forwardHeaders))])(
  'the header %s is part of the question unless it says who asks',
  (rule) => {
    const name = rule.replace('*', 'anything')
    const { request } = sampleExchange()
    const [silent, one, two] = [
      keyOf(request),
      keyOf(request, { [name]: '1' }),
      keyOf(request, { [name]: '2' }),
    ]
    expect(new Set([silent, one, two]).size).toBe(WHO_ASKS.has(rule) ? 1 : 3)
  },
)
