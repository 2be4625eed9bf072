import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readString } from '../../src/kit/json.ts'
import {
  openRawUpstream,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect } from '../modes.ts'
import { send } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

const CREDENTIAL = 'sk-proj-Zk39fQ7uWbX2mN8rT5vYcA1dEgHjLp'
/** Pieces that no vendor's prefix shares with it. */
const PIECES = [CREDENTIAL.slice(8, 16), CREDENTIAL.slice(-8)].flatMap((piece) => [
  piece,
  Buffer.from(piece).toString('hex'),
])
const BASE64 = Buffer.from(`Bearer ${CREDENTIAL}`).toString('base64')

/** How a provider quotes the credential that it was sent. */
const QUOTES: Readonly<Record<string, string>> = {
  whole: CREDENTIAL,
  base64: BASE64,
  stars: `${CREDENTIAL.slice(0, 20)}******${CREDENTIAL.slice(-8)}`,
}

const STATUSES = [200, 400, 401, 403, 404, 429, 500, 503]
const MODELS = Object.keys(QUOTES).flatMap((quote) => [
  ...STATUSES.map((status) => `body-${quote}-${status}`),
  `first-${quote}-200`,
  `later-${quote}-200`,
])

function errorOf(spoken: ClientDialect, quote: string): object {
  const message = `Incorrect API key provided: ${quote}. You can find yours elsewhere.`
  const error = { message, type: 'invalid_request_error', param: quote, code: `about_${quote}` }
  return spoken === 'openai-chat' ? { error } : { type: 'error', error, request_id: quote }
}

function frameOf(spoken: ClientDialect, body: object): string {
  return spoken === 'openai-chat'
    ? `data: ${JSON.stringify(body)}\n\n`
    : `event: ${(body as { type: string }).type}\ndata: ${JSON.stringify(body)}\n\n`
}

const WORDS: Readonly<Record<ClientDialect, readonly object[]>> = {
  'openai-chat': [{ id: 'c', choices: [{ index: 0, delta: { content: 'well, ' }, finish_reason: null }] }],
  'anthropic-messages': [
    {
      type: 'message_start',
      message: { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [] },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'well, ' } },
  ],
}

/** Answers with an error that quotes what came as the credential. */
function quote(call: RawCall): void {
  const spoken = call.head.includes('/messages ') ? 'anthropic-messages' : 'openai-chat'
  const model = readString(parseJsonObject(call.body) ?? {}, 'model') ?? ''
  const [place, way = '', status = '200'] = model.split('-')
  const error = errorOf(spoken, QUOTES[way] ?? '')
  const isStream = place !== 'body' && call.body.includes('"stream":true')
  const words = place === 'later' ? WORDS[spoken] : []
  const body = isStream
    ? [...words, error].map((said) => frameOf(spoken, said)).join('')
    : JSON.stringify(error)
  const headers = {
    'content-type': isStream ? 'text/event-stream' : 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  call.write(rawHead(`${status} Whatever`, headers) + body)
}

const SETTINGS = CLIENT_DIALECTS.flatMap((dialect) => CLIENT_DIALECTS.map((spoken) => ({ dialect, spoken })))

describe.each(SETTINGS)('our credential, quoted by $spoken to a $dialect client', ({ dialect, spoken }) => {
  let upstream: RawUpstream
  let house: House
  beforeAll(async () => {
    upstream = await openRawUpstream(quote)
    house = await openHouse({
      environment: { RAW_KEY: CREDENTIAL },
      // A provider of its own for each model, because a refused credential rests.
      providers: () =>
        Object.fromEntries(
          MODELS.map((model) => [
            model,
            providerEntry(upstream.url, { dialects: [spoken], key: 'env:RAW_KEY' }),
          ]),
        ),
    })
  })
  afterAll(async () => {
    await house.close()
    await upstream.close()
  })

  test('reaches neither client nor ledger nor log', async () => {
    const answers = MODES.flatMap((mode) =>
      MODELS.map(async (model) => {
        const response = await send(house.url, {
          dialect,
          mode,
          model: `${model}/${model}`,
          key: house.key(),
        })
        return `${JSON.stringify([...response.headers])}\n${await response.text()}\n`
      }),
    )
    const told = (await Promise.all(answers)).join('')
    expect(told).toContain('[redacted]')
    expect(told).toContain('You can find yours elsewhere')
    const kept = JSON.stringify(await house.close(), (_name, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    for (const text of [told, kept]) {
      for (const piece of PIECES) expect(text).not.toContain(piece)
      expect(text).not.toContain(BASE64.slice(12, 28))
    }
  })
})
