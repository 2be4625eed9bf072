import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { rawAnswer } from '../../src/kit/raw-upstream.fixture.ts'
import { ask } from './asking.ts'
import { openFaultyProvider, type FaultyCall, type FaultyProvider } from './faulty-provider.ts'
import { openHouse, type House } from './open-house.ts'

/** What one caller's requests make a provider answer. Nobody else may feel it, however often it happens. */
const ANSWERS: readonly (readonly [string, (call: FaultyCall) => void])[] = [
  [
    'a page of a firewall',
    (call) =>
      call.write(rawAnswer('<html>Sorry, you have been blocked</html>').replace('200 OK', '403 Forbidden')),
  ],
  [
    'a feature that the account lacks',
    (call) =>
      call.refuse({
        status: 403,
        type: 'permission_error',
        message: 'Your organization has no access to web search.',
      }),
  ],
  [
    'a thing that is not there',
    (call) => call.refuse({ status: 404, message: 'The model `x` does not exist.' }),
  ],
  [
    'words about a key in a refusal',
    (call) => call.refuse({ status: 400, message: 'Invalid api key in tool x.' }),
  ],
  [
    'a request larger than the limit of a minute',
    (call) =>
      call.refuse(
        {
          status: 429,
          code: 'rate_limit_exceeded',
          message: 'Request too large for m on tokens per min (TPM): Limit 30000, Requested 61337.',
        },
        { 'retry-after': 60 },
      ),
  ],
  [
    'an overflow that looks like a refused key',
    (call) =>
      call.refuse({
        status: 401,
        type: 'authentication_error',
        message: 'k3-256k supports only 256K context.',
      }),
  ],
  ['a 500', (call) => call.refuse({ status: 500, message: 'Oops.' })],
  ['a 503', (call) => call.refuse({ status: 503, message: 'Busy.' })],
  ['a reset', (call) => call.reset()],
  [
    'something that is no answer',
    (call) => call.write(rawAnswer('{"hello":1}', { 'content-type': 'application/json' })),
  ],
  ['nothing', (call) => call.write(rawAnswer(''))],
]
const POISON = 'poison'
const CALLS = 12

const clock = createTickingClock(100)
let provider: FaultyProvider
let house: House

beforeAll(async () => {
  const scripts = ANSWERS.map(([, spoil], index) => {
    const script = (call: FaultyCall): void =>
      call.body.includes(POISON) ? spoil(call) : call.answer('well')
    return [`m${index}`, script] as const
  })
  provider = await openFaultyProvider(new Map(scripts), clock)
  const entry = { type: 'openai', base_url: `${provider.url}/v1`, key: 'env:PROVIDER_KEY' }
  house = await openHouse({
    clock,
    providers: () => ({
      ...Object.fromEntries(ANSWERS.map((_, index) => [`p${index}`, entry])),
      other: entry,
    }),
    keys: { ada: { project: 'a' }, bob: { project: 'b' } },
    config: {
      projects: { a: {}, b: {} },
      routes: Object.fromEntries(
        ANSWERS.map((_, index) => [`r${index}`, [`p${index}/m${index}`, 'other/fallback']]),
      ),
    },
  })
  clock.start()
})
afterAll(async () => {
  await house.close()
  clock.stop()
  await provider.close()
})

test.each(ANSWERS.map(([name], index) => ({ name, index })))(
  '$name for one caller leaves the target to everybody else',
  async ({ index }) => {
    const send = (name: 'ada' | 'bob', text: string) =>
      ask(house.url, {
        dialect: 'openai-chat',
        mode: 'unary',
        model: `r${index}`,
        key: house.key(name),
        text,
      })
    for (let call = 0; call < CALLS; call += 1) expect((await send('ada', POISON)).text).not.toBe('well')
    expect(await send('bob', 'Hello.')).toMatchObject({ status: 200, text: 'well' })
  },
)
