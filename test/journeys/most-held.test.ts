import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../../src/exchange/caller.fixture.ts'
import fc from 'fast-check'
import { DIALECTS } from '../../src/dialects/all.ts'
import { CHAT_DIALECTS } from '../../src/dialects/chat-dialects.fixture.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { mostCharged } from '../../src/drills/vendors/most-charged.fixture.ts'
import type { Account } from '../../src/exchange/account.ts'
import { Failure } from '../../src/exchange/failure.ts'
import type { Price, Quirks, Target } from '../../src/exchange/target.ts'
import type { HttpClient } from '../../src/kit/http-client.ts'
import { parseJsonObject, type Json, type JsonObject } from '../../src/kit/json.ts'
import { speakChat } from '../../src/dialects/speak-chat.fixture.ts'
import { scanJson } from '../../src/kit/json-scan.ts'
import { createManualClock } from '../../src/kit/manual-clock.fixture.ts'
import { parsePricePerMillion } from '../../src/kit/money.ts'
import { createReserveBudget } from '../../src/policies/request/reserve-budget.ts'
import {
  createRecordingTelemetry,
  routedExchange,
  sampleAttempt,
} from '../../src/policies/samples.fixture.ts'
import { costOf, upperBound } from '../../src/pricing/cost.ts'
import { createSender } from '../../src/providers/send.ts'
import { sampleRoute, sampleTarget } from '../../src/routing/samples.fixture.ts'

/** What the models of these tests write where nobody stops them. */
const OWN_TOKENS = 5_000

const PRICE: Price = {
  id: 'per token',
  input: parsePricePerMillion('1'),
  output: parsePricePerMillion('5'),
  outputAudio: parsePricePerMillion('60'),
  webSearch: 10_000_000_000n,
  request: 1_000_000n,
  simulated: false,
}

const ACCOUNT: Account = {
  scope: 'key',
  id: 'key',
  name: 'key',
  limits: {},
  budgets: [{ window: 'total', limitNanoUsd: 1n }],
}

/** Providers that take a request as it is, and such as have it written anew. */
const QUIRKS: readonly Quirks[] = [
  {},
  { maxTokensParam: 'max_tokens' },
  { maxTokensParam: 'max_length_of_answer' },
  { renameParams: { seed: 'random_seed', max_completion_tokens: 'max_new_tokens' } },
  { renameParams: { length_of_answer: 'max_tokens' } },
  { dropParams: ['max_tokens', 'max_completion_tokens'] },
  { dropParams: ['temperature'], conformant: false },
]

/** Often the same number, since limits that disagree are refused. */
const count = fc.oneof(
  { weight: 4, arbitrary: fc.constant(300) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 8_192, 1_000_000) },
)
const loose = fc.oneof(count, count.map(String), fc.constantFrom<Json>(-1, 0, null, 'many', 1.5))

/** Members that bear on the bill somewhere, and some that do not. */
const MEMBERS = {
  max_tokens: count,
  max_completion_tokens: count,
  n: fc.integer({ min: 1, max: 4 }),
  max_output_tokens: loose,
  max_new_tokens: loose,
  n_predict: loose,
  num_predict: loose,
  max_length_of_answer: loose,
  length_of_answer: loose,
  options: fc.record({ num_predict: loose, temperature: loose }, { requiredKeys: [] }),
  parameters: fc.record({ max_new_tokens: loose, best_of: loose }, { requiredKeys: [] }),
  generationConfig: fc.record({ maxOutputTokens: loose }),
  generation_config: fc.record({ max_output_tokens: loose, candidate_count: count }, { requiredKeys: [] }),
  extra_body: fc.record(
    {
      max_new_tokens: loose,
      google: fc.record({ thinking_config: fc.record({ thinking_budget: loose }) }),
    },
    { requiredKeys: [] },
  ),
  best_of: loose,
  num_return_sequences: loose,
  num_beams: loose,
  min_tokens: loose,
  min_new_tokens: loose,
  max_gen_len: loose,
  max_tokens_to_sample: loose,
  thinking_budget: loose,
  reasoning_budget: loose,
  reasoning: fc.record({ max_tokens: loose, effort: fc.constant('high') }, { requiredKeys: [] }),
  thinking: fc.record({
    type: fc.constant('enabled'),
    budget_tokens: fc.integer({ min: 1_024, max: 60_000 }),
  }),
  prediction: fc.record({ type: fc.constant('content'), content: fc.string({ maxLength: 400 }) }),
  modalities: fc.constantFrom<Json>(['text'], ['text', 'audio']),
  web_search_options: fc.constant({}),
  tools: fc.constantFrom<Json>(
    [{ type: 'web_search_20260209', name: 'web_search' }],
    [{ type: 'web_search_20260209', name: 'web_search', max_uses: 3 }],
    [{ type: 'web_search' }],
  ),
  temperature: fc.constant(1),
  stream: fc.boolean(),
  seed: count,
  ignore_eos: fc.boolean(),
} satisfies Record<string, fc.Arbitrary<Json>>

const NAMES = Object.keys(MEMBERS)

/** What is said, with media that cost more than they weigh. */
const SAID: Readonly<Record<string, readonly Json[]>> = {
  'openai-chat': [
    'How tall is the tower?',
    [{ type: 'image_url', image_url: { url: 'https://example.com/tower.png' } }],
    [{ type: 'file', file: { file_id: 'file-1' } }],
    [{ type: 'input_audio', input_audio: { data: 'A'.repeat(40_000), format: 'mp3' } }],
  ],
  'anthropic-messages': [
    'How tall is the tower?',
    [{ type: 'image', source: { type: 'url', url: 'https://example.com/tower.png' } }],
    [{ type: 'document', source: { type: 'url', url: 'https://example.com/tower.pdf' } }],
    [{ type: 'document', source: { type: 'file', file_id: 'file_1' } }],
  ],
  'openai-responses': [
    'How tall is the tower?',
    [{ type: 'input_image', image_url: 'https://example.com/tower.png' }],
    [{ type: 'input_file', file_id: 'file-1' }],
    [{ type: 'input_audio', input_audio: { data: 'A'.repeat(40_000), format: 'mp3' } }],
  ],
  gemini: [
    [{ text: 'How tall is the tower?' }],
    [{ fileData: { fileUri: 'https://example.com/tower.png', mimeType: 'image/png' } }],
    [{ fileData: { fileUri: 'https://example.com/tower.pdf', mimeType: 'application/pdf' } }],
    [{ inlineData: { data: 'A'.repeat(40_000), mimeType: 'audio/mp3' } }],
  ],
}

/** Where a body says what is said, and where a turn of it does. */
const PLACES: Readonly<Record<string, readonly [string, string]>> = {
  'openai-responses': ['input', 'content'],
  gemini: ['contents', 'parts'],
}

/** A body with a few of the members; the limit that one of the dialects demands is mostly among them. */
function bodiesOf(client: Dialect): fc.Arbitrary<JsonObject> {
  const names = fc
    .tuple(fc.subarray(NAMES, { maxLength: 5 }), fc.integer({ min: 0, max: 3 }))
    .map(([drawn, chance]) => (chance === 0 ? drawn : [...new Set([...drawn, 'max_tokens'])]))
  const members = names.chain((drawn) =>
    fc.record(Object.fromEntries(drawn.map((name) => [name, MEMBERS[name as keyof typeof MEMBERS]]))),
  )
  const said = fc.constantFrom(...(SAID[client.name] ?? ['How tall is the tower?']))
  const [turns, content] = PLACES[client.name] ?? ['messages', 'content']
  return fc
    .tuple(said, members)
    .map(([words, more]) => ({ model: 'sample', [turns]: [{ role: 'user', [content]: words }], ...more }))
}

function targetOf(spoken: Dialect, quirks: Quirks, capabilities: Target['capabilities']): Target {
  const { name, authentication: auth } = spoken
  return sampleTarget('one/a', {
    price: PRICE,
    capabilities,
    spoken: [{ dialect: name, baseUrl: 'http://127.0.0.1', auth, headers: {}, quirks }],
  })
}

/** Those that the file may ask of a provider that speaks this dialect. */
function quirksOf({ quirks }: Dialect): fc.Arbitrary<Quirks> {
  return fc.constantFrom(
    ...QUIRKS.filter((wanted) => Object.keys(wanted).every((name) => Object.hasOwn(quirks, name))),
  )
}

/** Sends a body on the way of every request as far as the wire, and tells what was held for it and what was sent. */
async function send(body: JsonObject, client: Dialect, target: Target) {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const { request } = speakChat(client).decodeRequest(body)
  let held = 0n
  const reserve = createReserveBudget({
    budgets: { reserve: (_id, _accounts, amount) => void (held = amount), settle: () => undefined },
    upperBound,
    telemetry: createRecordingTelemetry(),
  })
  let sent: JsonObject | undefined
  const http = {
    send: async ({ body: written }) => {
      sent = parseJsonObject(typeof written === 'string' ? written : new TextDecoder().decode(written))
      throw new Failure('connect-failed')
    },
  } as Pick<HttpClient, 'send'> as HttpClient
  const sender = createSender({
    dialects: new Map(DIALECTS.map((dialect) => [dialect.name, dialect])),
    http,
    clock: createManualClock(),
    telemetry: createRecordingTelemetry(),
    version: 'test',
  })
  const exchange = routedExchange(sampleRoute([target]), {
    dialect: client.name,
    request,
    raw: { form: 'json', bytes, scan: scanJson(bytes), says: request },
    caller: sampleCaller({ accounts: [ACCOUNT] }),
  })
  try {
    await sender.send(sampleAttempt(target, { exchange: await reserve(exchange) }))
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
  }
  return { held, sent }
}

/** False for what is refused on arrival, ours or the provider's. */
function isValid(body: JsonObject, dialect: Dialect): boolean {
  try {
    speakChat(dialect).decodeRequest(body)
    return true
  } catch {
    return false
  }
}

describe.each(CHAT_DIALECTS.map((client) => [client.name, client] as const))(
  'a body of %s',
  (_name, client) => {
    test.each(CHAT_DIALECTS.map((spoken) => [spoken.name, spoken] as const))(
      'never makes a provider that speaks %s charge more than was held for it',
      async (_spoken, spoken) => {
        let compared = 0
        await fc.assert(
          fc.asyncProperty(bodiesOf(client), quirksOf(spoken), async (body, quirks) => {
            if (!isValid(body, client)) return
            const target = targetOf(spoken, quirks, { defaultOutputTokens: OWN_TOKENS })
            const { held, sent } = await send(body, client, target)
            // What the provider refuses costs nothing.
            if (sent === undefined || !isValid(sent, spoken)) return
            compared += 1
            const reader = { dialect: spoken, ownTokens: OWN_TOKENS, limitName: quirks.maxTokensParam }
            expect({ sent, covered: (costOf(mostCharged(sent, reader), PRICE) ?? 0n) <= held }).toEqual({
              sent,
              covered: true,
            })
          }),
          { numRuns: 800 },
        )
        expect(compared).toBeGreaterThan(60)
      },
    )
  },
)
