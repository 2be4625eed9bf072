import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import type { Caller } from '../exchange/caller.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Failure } from '../exchange/failure.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { sampleTarget } from '../routing/samples.fixture.ts'
import type { HandleExchange } from '../policies/policy.ts'
import { answer, drain, playSource, respond, sampleExchange } from '../policies/samples.fixture.ts'
import { InFlight, openExchange } from './pipeline.ts'

const TARGET = sampleTarget('one/a')
const answering: HandleExchange = async () => respond(TARGET, playSource([answer()]))

/** An exchange at whose end two admissions want to be told, the outer one having asked first. */
function createWorld(answer: HandleExchange, inner: () => void = () => {}) {
  const clock = createManualClock()
  const inFlight = new InFlight()
  const told: string[] = []
  const admit = (exchange: Exchange): Exchange => {
    exchange.trail.onEnd({ onEnd: (failure) => void told.push(`outer ${failure?.code ?? 'ok'}`) })
    exchange.trail.onEnd({
      onEnd(failure) {
        told.push(`inner ${failure?.code ?? 'ok'}`)
        inner()
      },
    })
    return exchange
  }
  const authenticate = (): Caller => sampleCaller()
  const handle = (exchange: Exchange): ReturnType<HandleExchange> =>
    openExchange(exchange, { authenticate, admit, answer, clock, inFlight }).run()
  return { clock, told, inFlight, handle }
}

describe('the end of an exchange', () => {
  test('is told when the last chunk is handed on, to the last who asked first, once', async () => {
    const { told, handle, inFlight } = createWorld(async () =>
      respond(TARGET, playSource([answer().slice(0, 3), answer().slice(3)])),
    )
    const { source } = await handle(sampleExchange())
    await source.next()
    expect(told).toEqual([])
    expect(inFlight.count).toBe(1)
    await drain(source)
    source.cancel(new Failure('client-gone'))
    expect(told).toEqual(['inner ok', 'outer ok'])
    expect(inFlight.count).toBe(0)
  })

  test('by a refusal is told with the refusal, which goes on', async () => {
    const { told, handle } = createWorld(async () => {
      throw new Failure('rate-limited')
    })
    expect(handle(sampleExchange())).rejects.toMatchObject({ code: 'rate-limited' })
    await Promise.resolve()
    await Promise.resolve()
    expect(told).toEqual(['inner rate-limited', 'outer rate-limited'])
  })

  test('by a defect is told as a failure of ours', async () => {
    const { told, handle } = createWorld(() => Promise.reject(new TypeError('a defect')))
    expect(handle(sampleExchange())).rejects.toMatchObject({ code: 'internal' })
    await Promise.resolve()
    await Promise.resolve()
    expect(told).toEqual(['inner internal', 'outer internal'])
  })

  test('by a client that leaves is told with that', async () => {
    const { told, handle } = createWorld(answering)
    const { source } = await handle(sampleExchange())
    source.cancel(new Failure('client-gone'))
    expect(told).toEqual(['inner client-gone', 'outer client-gone'])
  })

  test('reaches everybody, also when one of them fails', async () => {
    const { told, handle } = createWorld(answering, () => {
      throw new TypeError('a defect')
    })
    const { source } = await handle(sampleExchange())
    expect(source.next()).rejects.toMatchObject({ code: 'internal' })
    await Promise.resolve()
    await Promise.resolve()
    expect(told).toEqual(['inner ok', 'outer ok'])
  })
})

test('the first semantic event is timed from the start of the exchange, once', async () => {
  const { clock, handle } = createWorld(async () =>
    respond(TARGET, playSource([answer().slice(0, 2), answer().slice(2, 3), answer().slice(3)])),
  )
  const exchange = sampleExchange()
  const { source } = await handle(exchange)
  await source.next()
  expect(exchange.trail.firstEventMs).toBeUndefined()
  clock.advance(45)
  await source.next()
  clock.advance(10)
  await drain(source)
  expect(exchange.trail.firstEventMs).toBe(45)
})
