import { expect, test } from 'bun:test'
import { compileText } from '../config/compile.fixture.ts'
import { NO_LOADS, UNSEEN } from '../exchange/load-view.ts'
import type { HealthEntry } from '../routing/health.ts'
import { loadRoutes, type LoadRoutesNeeds } from './loads.ts'

const { plan } = compileText(`
providers:
  sim: { concurrent: { max: 4 } }
routes:
  quick: [sim/smart, sim/echo]
  support: { targets: [sim/smart], fallback: { to: [sim/slow] } }
`)

const RESTS: readonly HealthEntry[] = [
  { kind: 'circuit-open', target: 'sim/echo', restsMs: 1_500.4 },
  { kind: 'cooldown', target: 'sim/elsewhere', credential: 'sim/main', restsMs: 1 },
]

function open(changes: Partial<LoadRoutesNeeds> = {}) {
  if (plan === undefined) throw new Error('the plan of the test does not compile')
  const [route] = loadRoutes({
    plan: () => plan,
    loads: NO_LOADS,
    health: { entries: () => [] },
    gates: { entries: () => [] },
    ...changes,
  })
  return async (query = '') => {
    const response = await route?.handle({
      params: {},
      query: new URLSearchParams(query),
      headers: new Headers(),
      body: null,
    })
    return response?.json()
  }
}

const names = (answer: { readonly data: readonly { readonly target: string }[] }): string[] =>
  answer.data.map(({ target }) => target)

test('every target of the plan is told once, with what is known of it', async () => {
  const look = open({
    loads: {
      ...NO_LOADS,
      of: (target) => (target === 'sim/slow' ? { ...UNSEEN, inFlight: 2, firstTokenMs: 900 } : UNSEEN),
    },
  })
  const answer = await look()
  expect(names(answer)).toEqual(['sim/slow', 'sim/smart', 'sim/echo'])
  expect(answer.data[0]).toMatchObject({
    provider: 'sim',
    state: 'well',
    rests: [],
    in_flight: 2,
    first_token_ms: 900,
    error_share: 0,
    warmth: 1,
  })
  expect(answer.data[1]).not.toHaveProperty('first_token_ms')
  expect(answer.has_more).toBe(false)
})

test('those that rest come first, and can be asked for alone', async () => {
  const look = open({ health: { entries: () => RESTS } })
  expect(names(await look())).toEqual(['sim/echo', 'sim/smart', 'sim/slow'])
  expect(await look('state=resting')).toMatchObject({
    data: [{ target: 'sim/echo', rests: [{ kind: 'circuit-open', rests_ms: 1_500 }] }],
  })
  expect(names(await look('state=well&limit=1'))).toEqual(['sim/smart'])
  expect((await look('limit=2')).has_more).toBe(true)
})

test('a credential that is refused everywhere is told of every target that it opens', async () => {
  const [credential] = plan?.resolveRoute('quick')?.targets[0]?.target.credentials ?? []
  const entries = [{ kind: 'credential-off', credential: credential?.id ?? '', restsMs: 5 }] as const
  expect(names(await open({ health: { entries: () => entries } })('state=resting'))).toHaveLength(3)
})

test('the gates of a target are told, whether or not somebody stands there', async () => {
  expect((await open()('limit=1')).data[0].gates).toEqual([{ name: 'sim', limit: 4, in_use: 0, waiting: 0 }])
  const entries = [{ name: 'sim', limit: 2, inUse: 2, waiting: 7 }] as const
  expect((await open({ gates: { entries: () => entries } })('limit=1')).data[0].gates).toEqual([
    { name: 'sim', limit: 2, in_use: 2, waiting: 7 },
  ])
})

test('targets of a route alone are told, and a route that there is not is answered with the nearest', async () => {
  const look = open()
  expect(names(await look('route=support'))).toEqual(['sim/smart', 'sim/slow'])
  expect(look('route=suport')).rejects.toMatchObject({
    code: 'not-found',
    facts: { nearest: ['support'] },
  })
  expect(look('rout=support')).rejects.toMatchObject({ code: 'invalid-request' })
  expect(look('state=tired')).rejects.toMatchObject({ code: 'invalid-request' })
})
