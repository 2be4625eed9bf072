import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { removeObject, setObject } from '../config/managed-text.ts'
import { dialectMap } from '../dialects/all.ts'
import { describePlan } from '../config/describe-plan.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { systemRandom } from '../kit/random.ts'
import { PROVIDERS } from '../providers/all.ts'
import { openStore } from '../store/open-store.ts'
import { createTelemetry } from '../telemetry/log.ts'
import { createRegistry } from '../telemetry/registry.ts'
import { ALERT_WORDS } from './alert-words.ts'
import { openConfiguration } from './configuration.ts'
import { followConfiguration } from './reload.ts'
import { openReleases } from './releases.ts'
import { openSeals } from './seals.ts'

const ROUTES = 100
const KEYS = 1_000
/** Of the processor: what else the machine does adds nothing to it. */
const MOST_MS = 2_000

/** A desk over a file and a store in memory. */
async function openDesk(firstText: string, environment: Readonly<Record<string, string>> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-desk-'))
  const configFile = join(directory, 'gatehouse.yaml')
  writeFileSync(configFile, firstText)
  const clock = createManualClock()
  const telemetry = createTelemetry({
    registry: createRegistry(),
    level: 'error',
    nowMs: clock.nowMs,
    write: () => undefined,
  })
  const store = await openStore({ url: 'memory:', clock })
  const configuration = openConfiguration({
    file: configFile,
    directory,
    definitions: PROVIDERS,
    dialects: dialectMap(),
    environment,
    found: [],
    priceOf: () => undefined,
    listedFacts: () => ({}),
    nowMs: () => clock.nowMs(),
    knownModels: () => [],
    alertWords: ALERT_WORDS,
    hashKey: (key) => ({ id: key.reveal(), secretHmac: key.reveal() }),
  })
  const ground = { configFile, configuration, clock, telemetry }
  const reloading = followConfiguration({
    ...ground,
    swap: () => undefined,
    health: { forgetCredential: () => undefined },
  })
  const seals = openSeals({ readFile: () => undefined, writeFile: () => undefined, random: systemRandom })
  const desk = await openReleases({ ...ground, store, reloading, seals, kept: { warnings: [] } })
  return {
    desk,
    /** Everything that requests could notice. */
    inForce() {
      const { plan } = reloading.inForce.compiled
      return plan === undefined ? undefined : JSON.stringify(describePlan(plan))
    },
    save(text: string) {
      writeFileSync(configFile, text)
      reloading.reload()
    },
    async close() {
      reloading.close()
      await desk.close()
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
}

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
