import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { removeObject, setObject } from '../config/managed-text.ts'
import { openDesk } from './releases.fixture.ts'

const ROUTES = 100
const KEYS = 1_000
/** Of the processor: what else the machine does adds nothing to it. */
const MOST_MS = 2_000

const PROVIDER = 'providers: { here: { type: openai, base_url: "http://127.0.0.1:9" } }\n'
const MODELS = ['here/a', 'here/b', 'here/c']

const step = fc.record({
  layer: fc.constantFrom('file', 'managed', 'removed'),
  name: fc.constantFrom('one', 'two', 'three'),
  models: fc.uniqueArray(fc.constantFrom(...MODELS), { minLength: 1 }),
})

test('going back over any chain of changes of both documents gives what was in force before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
      const { desk, inForce, save, close } = await openDesk(PROVIDER)
      const seen = new Map<number, string | undefined>([[1, inForce()]])
      for (const [index, { layer, name, models }] of steps.entries()) {
        const object = { section: 'routes', name }
        if (layer === 'file') save(`${PROVIDER}routes: { file-${name}: [${models.join(', ')}] } # ${index}`)
        else
          await desk.change(
            (managed) =>
              layer === 'removed' ? removeObject(managed, object) : setObject(managed, object, models),
            { by: 'api' },
          )
        await desk.close()
        seen.set(desk.now().version?.number ?? 0, inForce())
      }
      for (const [number, expected] of [...seen].toReversed()) {
        await desk.rollBack(number, { by: 'api' })
        expect(inForce()).toBe(expected ?? '')
      }
      await close()
    }),
    { numRuns: 10 },
  )
})

test(`going back takes at most ${MOST_MS} ms with ${ROUTES} routes and ${KEYS} keys`, async () => {
  const names = Array.from({ length: KEYS }, (_, index) => `key-${index}`)
  const environment = Object.fromEntries(names.map((name, index) => [`KEY_${index}`, name]))
  const keys = names.map((name, index) => ({ name, value: `env:KEY_${index}` }))
  const routes = Object.fromEntries(Array.from({ length: ROUTES }, (_, index) => [`route-${index}`, MODELS]))
  const providers = { here: { type: 'openai', base_url: 'http://127.0.0.1:9' } }
  const { desk, inForce, close } = await openDesk(JSON.stringify({ providers, routes, keys }), environment)
  const before = inForce()
  await desk.change((managed) => setObject(managed, { section: 'routes', name: 'more' }, MODELS), {
    by: 'api',
  })
  expect(inForce()).not.toBe(before ?? '')
  const began = process.cpuUsage()
  await desk.rollBack(1, { by: 'api' })
  const { user, system } = process.cpuUsage(began)
  expect((user + system) / 1_000).toBeLessThan(MOST_MS)
  expect(inForce()).toBe(before ?? '')
  await close()
})
