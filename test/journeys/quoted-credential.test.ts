import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  openRawUpstream,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { MODES, PAIRS, type Pair } from '../modes.ts'
import { hear } from '../wire/hear.ts'
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
/** Where a body is read at all, it is read for all ways of quoting. */
const SOME_STATUSES = [200, 401, 500]
const MODELS = Object.keys(QUOTES).flatMap((quote) => [
  ...(quote === 'whole' ? STATUSES : SOME_STATUSES).map((status) => `body-${quote}-${status}`),
  `first-${quote}-200`,
  `later-${quote}-200`,
])

/** Answers with an error that quotes what came as the credential. */
function quote(call: RawCall): void {
  const { model, mode, wire } = hear(call)
  const [place, way = '', status = '200'] = model.split('-')
  const quoted = QUOTES[way] ?? ''
  const refusal = {
    status: Number(status),
    message: `Incorrect API key provided: ${quoted}. You can find yours elsewhere.`,
    code: `about_${quoted}`,
  }
  const isStream = place !== 'body' && mode === 'stream'
  const { start, words } = wire.stream(['well, '])
  const said = place === 'later' ? [...start, ...words] : []
  const body = isStream
    ? [...said, wire.errorFrame(refusal)].join('')
    : JSON.stringify({ ...wire.error(refusal), request_id: quoted, param: quoted })
  const headers = {
    'content-type': isStream ? 'text/event-stream' : 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  call.write(rawHead(`${status} Whatever`, headers) + body)
}

describe('our credential, quoted', () => {
  let upstream: RawUpstream
  let house: House
  beforeAll(async () => {
    upstream = await openRawUpstream(quote)
    const entriesOf = ({ dialect, spoken }: Pair) =>
      // A provider of its own for each model, because a refused credential rests.
      MODELS.map((model) => [
        `${dialect}-${spoken}-${model}`,
        providerEntry(upstream.url, { dialects: [spoken], key: 'env:RAW_KEY' }),
      ])
    house = await openHouse({
      environment: { RAW_KEY: CREDENTIAL },
      providers: () => Object.fromEntries(PAIRS.flatMap(entriesOf)),
    })
  })
  afterAll(async () => {
    await house.close()
    await upstream.close()
  })

  const expectNothingOf = (text: string): void => {
    for (const piece of PIECES) expect(text).not.toContain(piece)
    expect(text).not.toContain(BASE64.slice(12, 28))
  }

  test.each(PAIRS)('by $spoken, does not reach a $dialect client', async ({ dialect, spoken }) => {
    const answers = MODES.flatMap((mode) =>
      MODELS.map(async (name) => {
        const model = `${dialect}-${spoken}-${name}/${name}`
        const response = await send(house.url, { dialect, mode, model, key: house.key() })
        return `${JSON.stringify([...response.headers])}\n${await response.text()}\n`
      }),
    )
    const told = (await Promise.all(answers)).join('')
    expect(told).toContain('[redacted]')
    expect(told).toContain('You can find yours elsewhere')
    expectNothingOf(told)
  })

  test('reaches neither ledger nor log', async () => {
    const kept = JSON.stringify(await house.close(), (_name, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    expectNothingOf(kept)
  })
})
