import { expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import type { Json } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { createSeededRandom } from '../kit/random.ts'
import { AdminProblem } from './problem.ts'
import { createRepeats } from './repeats.ts'

function open() {
  const clock = createManualClock()
  const repeats = createRepeats({ clock, random: createSeededRandom(1) })
  let acts = 0
  const ask = (key: string | undefined, body: Json = { a: 1 }, more: Record<string, string> = {}) => {
    const headers = new Headers({ authorization: 'Bearer one', ...more })
    if (key !== undefined) headers.set('idempotency-key', key)
    return repeats({ target: 'POST /x', headers, body }, () => {
      acts += 1
      return Promise.resolve(Response.json({ secret: acts }, { status: 201 }))
    })
  }
  return { clock, repeats, ask, acts: () => acts }
}

const codeOf = (asked: Promise<Response>): Promise<string> =>
  asked.then(
    () => 'answered',
    (thrown: unknown) => (thrown instanceof AdminProblem ? thrown.code : String(thrown)),
  )

test('what comes again is answered as the first time, and done once, in quotes or without', async () => {
  const { ask, acts } = open()
  const first = await ask('k-1')
  const again = await ask('"k-1"')
  expect([again.status, await again.json()]).toEqual([201, await first.json()])
  expect(first.headers.has('idempotent-replayed')).toBe(false)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(acts()).toBe(1)
  await ask('k-2')
  await ask(undefined)
  await ask(undefined)
  expect(acts()).toBe(4)
})

test('another body is refused, and the same key of another token is another key', async () => {
  const { ask, acts } = open()
  await ask('k')
  expect(await codeOf(ask('k', { a: 2 }))).toBe('repeat-differs')
  await ask('k', { a: 2 }, { authorization: 'Bearer other' })
  expect(acts()).toBe(2)
})

test('what is under way is not begun a second time', async () => {
  const { repeats } = open()
  const held = Promise.withResolvers<Response>()
  const asked = { target: 'POST /x', headers: new Headers({ 'idempotency-key': 'k' }), body: null }
  const first = repeats(asked, () => held.promise)
  expect(await codeOf(repeats(asked, () => Promise.reject(new Error('twice'))))).toBe('under-way')
  held.resolve(Response.json({}))
  await first
  expect(await codeOf(repeats(asked, () => Promise.reject(new Error('twice'))))).toBe('answered')
})

test('what failed is tried again', async () => {
  const { repeats } = open()
  const asked = { target: 'POST /x', headers: new Headers({ 'idempotency-key': 'k' }), body: null }
  expect(await codeOf(repeats(asked, () => Promise.reject(new Error('broken'))))).toBe('Error: broken')
  expect((await repeats(asked, () => Promise.resolve(new Response(null, { status: 503 })))).status).toBe(503)
  expect((await repeats(asked, () => Promise.resolve(Response.json({})))).status).toBe(200)
})

test('a day later it is forgotten, and so is the oldest where there are many', async () => {
  const { ask, acts, clock } = open()
  await ask('k')
  clock.advance(LIMITS.repeatMs - 1)
  await ask('k')
  expect(acts()).toBe(1)
  clock.advance(1)
  await ask('k')
  expect(acts()).toBe(2)
  for (let count = 0; count < LIMITS.repeats; count += 1) await ask(`many-${count}`)
  const before = acts()
  await ask(`many-${LIMITS.repeats - 1}`)
  expect(acts()).toBe(before)
  await ask('k')
  expect(acts()).toBe(before + 1)
})

test.each(['', '""', 'two words', 'a"b', 'ü', 'x'.repeat(256)])('%p is no key', async (key) => {
  const { ask, acts } = open()
  expect(await codeOf(ask(key))).toBe('invalid-request')
  expect(acts()).toBe(0)
})
