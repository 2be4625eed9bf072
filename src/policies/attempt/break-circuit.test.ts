import { describe, expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import { FAILURES, failureRow, isFailureCode, type FailureCode } from '../../exchange/failure-table.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { CIRCUIT_RULES } from '../../routing/circuit.ts'
import { isAdmitted, sampleSubject } from '../../routing/health.fixture.ts'
import { createHealthBoard } from '../../routing/health.ts'
import { sampleChat, sampleTarget } from '../../routing/samples.fixture.ts'
import type { HandleAttempt } from '../policy.ts'
import {
  answer,
  drain,
  letThrough,
  playSource,
  respond,
  sampleAttempt,
  sampleExchange,
} from '../samples.fixture.ts'
import { createBreakCircuit } from './break-circuit.ts'

const TARGET = sampleTarget('one/a')
const SUBJECT = sampleSubject({ target: TARGET.id, credential: 'one/main', caller: 'key000000001' })

function createWorld() {
  const clock = createManualClock()
  const health = createHealthBoard({ clock, random: createSeededRandom(1) })
  const breakCircuit = letThrough(createBreakCircuit(health, CIRCUIT_RULES))
  return { clock, health, breakCircuit }
}

const throwing =
  (code: FailureCode): HandleAttempt =>
  async () => {
    throw new Failure(code)
  }
const breaking =
  (code: FailureCode): HandleAttempt =>
  async () =>
    respond(TARGET, playSource([answer().slice(0, 3), [{ type: 'failure', failure: new Failure(code) }]]))
const speaking: HandleAttempt = async () => respond(TARGET, playSource([answer()]))

async function swallow(run: Promise<unknown>): Promise<Failure | undefined> {
  try {
    await run
    return undefined
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
}

const codes = Object.keys(FAILURES).filter(isFailureCode)

describe('every row of the table', () => {
  for (const [when, script] of [
    ['thrown', throwing],
    ['in the middle of a stream', breaking],
  ] as const) {
    test.each(codes)(`%s ${when} touches health as its row says`, async (code) => {
      const { health, breakCircuit } = createWorld()
      const call = breakCircuit(script(code))
      for (let time = 0; time < 5; time += 1) {
        await swallow(call(sampleAttempt(TARGET)).then(({ source }) => drain(source)))
      }
      const effect = failureRow(code).health
      const kinds = health.entries().map(({ kind }) => kind)
      const expected = {
        none: [],
        fault: ['circuit-open'],
        unreachable: ['circuit-open'],
        cooldown: ['cooldown'],
        'credential-off': ['credential-off'],
        'credential-off-here': ['credential-off'],
        'target-off': ['target-off'],
      } as const
      expect(kinds).toEqual([...expected[effect]])
    })
  }
})

test('a target with thresholds of its own rests by them', async () => {
  const { clock, health, breakCircuit } = createWorld()
  const circuit = { ...CIRCUIT_RULES, faults: 2, firstRestMs: 60_000, longestRestMs: 60_000, probes: 2 }
  const target = { ...TARGET, circuit }
  const call = breakCircuit(throwing('connect-failed'))
  await swallow(call(sampleAttempt(target)))
  expect(health.entries()).toEqual([])
  await swallow(call(sampleAttempt(target)))
  expect(health.entries()).toMatchObject([{ kind: 'circuit-open' }])
  expect(health.entries()[0]?.restsMs).toBeGreaterThan(45_000)
  clock.advance(60_000)
  // Two try at once whether it is well.
  const admits = (): boolean => health.admit(SUBJECT, { rules: circuit, early: false }) !== undefined
  expect([admits(), admits(), admits()]).toEqual([true, true, false])
})

describe('a circuit around a target', () => {
  const open = async ({ breakCircuit }: ReturnType<typeof createWorld>): Promise<void> => {
    const call = breakCircuit(throwing('provider-error'))
    for (let time = 0; time < 5; time += 1) await swallow(call(sampleAttempt(TARGET)))
  }

  test('refuses while it is open, says for how long, and asks nobody', async () => {
    const world = createWorld()
    await open(world)
    let asked = 0
    const call = world.breakCircuit(async () => {
      asked += 1
      return respond(TARGET, playSource([answer()]))
    })
    const failure = await swallow(call(sampleAttempt(TARGET)))
    expect(failure?.code).toBe('circuit-open')
    expect(failure?.details.retryAfterMs).toBeGreaterThan(3_999)
    expect(asked).toBe(0)
  })

  test('success is counted at the end of the response and not before', async () => {
    const { health, breakCircuit } = createWorld()
    const failing = breakCircuit(throwing('provider-error'))
    for (let time = 0; time < 4; time += 1) await swallow(failing(sampleAttempt(TARGET)))
    const response = await breakCircuit(speaking)(sampleAttempt(TARGET))
    await swallow(failing(sampleAttempt(TARGET)))
    expect(health.sizes().open).toBe(1)
    await drain(response.source)
  })

  test('a probe that answers closes it', async () => {
    const world = createWorld()
    await open(world)
    world.clock.advance(6_000)
    await drain((await world.breakCircuit(speaking)(sampleAttempt(TARGET))).source)
    expect(world.health.sizes().open).toBe(0)
  })

  test('a probe makes room for the next as soon as it says something', async () => {
    const world = createWorld()
    await open(world)
    world.clock.advance(6_000)
    const slow: HandleAttempt = async () =>
      respond(TARGET, playSource([[{ type: 'start' }], answer().slice(1, 3), answer().slice(3)]))
    const { source } = await world.breakCircuit(slow)(sampleAttempt(TARGET))
    await source.next()
    expect(isAdmitted(world.health, SUBJECT)).toBe(false)
    await source.next()
    expect(isAdmitted(world.health, SUBJECT)).toBe(true)
  })

  test('a client that leaves a probe says nothing about health and frees its slot', async () => {
    const world = createWorld()
    await open(world)
    world.clock.advance(6_000)
    const { source } = await world.breakCircuit(speaking)(sampleAttempt(TARGET))
    source.cancel(new Failure('client-gone'))
    expect(isAdmitted(world.health, SUBJECT)).toBe(true)
  })

  test('a count of tokens proves nothing: it neither ends a row of faults nor closes the circuit', async () => {
    const world = createWorld()
    const failing = world.breakCircuit(throwing('provider-error'))
    const counting = world.breakCircuit(async () =>
      respond(
        TARGET,
        playSource([
          [{ type: 'start' }, { type: 'token-count', inputTokens: 7, estimated: true }, { type: 'end' }],
        ]),
      ),
    )
    const chat = sampleChat()
    const request = { operation: 'count-tokens', model: 'm', chat, stream: false } as const
    const counted = sampleAttempt(TARGET, { exchange: sampleExchange({ request }) })
    for (let time = 0; time < 5; time += 1) {
      await drain((await counting(counted)).source)
      await swallow(failing(sampleAttempt(TARGET)))
    }
    expect(world.health.sizes().open).toBe(1)
    world.clock.advance(6_000)
    await drain((await counting(counted)).source)
    expect(world.health.sizes().open).toBe(1)
    expect(isAdmitted(world.health, SUBJECT)).toBe(true)
  })

  test('a last resort goes through an open circuit', async () => {
    const world = createWorld()
    await open(world)
    const attempt = sampleAttempt(TARGET, { lastResort: true })
    await drain((await world.breakCircuit(speaking)(attempt)).source)
    expect(world.health.sizes().open).toBe(0)
  })

  test('a defect of ours is reported to nobody as a fault of theirs', async () => {
    const { health, breakCircuit } = createWorld()
    const call = breakCircuit(async () => {
      throw new TypeError('a defect')
    })
    for (let time = 0; time < 9; time += 1) {
      expect(call(sampleAttempt(TARGET))).rejects.toThrow(TypeError)
    }
    expect(health.entries()).toEqual([])
    expect(health.credentialRestsUntil(TARGET.id, SUBJECT.credential, SUBJECT.caller)).toBeUndefined()
  })
})
