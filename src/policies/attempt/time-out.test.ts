import { describe, expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import type { ChunkSource } from '../../exchange/response.ts'
import { createManualClock } from '../../kit/clock.ts'
import { sampleTarget } from '../../routing/samples.ts'
import type { HandleAttempt } from '../policy.ts'
import { answer, drain, playSource, respond, sampleAttempt, sampleExchange } from '../samples.ts'
import { createTimeOut } from './time-out.ts'

const TARGET = sampleTarget('one/a')

/** Never answers until its signal is aborted, then fails as a socket would. */
const silent: HandleAttempt = ({ signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Failure('connection-reset')))
  })

/** Answers, says something and hangs until its signal is aborted. */
const stalling: HandleAttempt = async ({ signal }) => {
  let position = 0
  const source: ChunkSource = {
    next() {
      position += 1
      if (position === 1) return Promise.resolve({ events: answer().slice(0, 3) })
      if (position === 3) return Promise.resolve(undefined)
      return new Promise((resolve) => {
        const broken = { type: 'failure', failure: new Failure('connection-reset') } as const
        signal.addEventListener('abort', () => resolve({ events: [broken] }))
      })
    },
    cancel() {},
  }
  return respond(TARGET, source)
}

function createWorld() {
  const clock = createManualClock()
  return { clock, timeOut: createTimeOut(clock) }
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.code
    throw thrown
  }
  return 'none'
}

describe('the deadline of an attempt', () => {
  test('aborts what runs and names itself instead of the broken socket', async () => {
    const { clock, timeOut } = createWorld()
    const code = codeOf(timeOut(silent)(sampleAttempt(TARGET, { deadlineAtMs: clock.nowMs() + 2_000 })))
    clock.advance(1_999)
    clock.advance(1)
    expect(await code).toBe('attempt-timeout')
  })

  test('is called the deadline of the request when that was it', async () => {
    const { clock, timeOut } = createWorld()
    const deadlineAtMs = clock.nowMs() + 2_000
    const exchange = sampleExchange({ deadlineAtMs })
    const code = codeOf(timeOut(silent)(sampleAttempt(TARGET, { exchange, deadlineAtMs })))
    clock.advance(2_000)
    expect(await code).toBe('deadline-exceeded')
  })

  test('ends a stream with a failure event', async () => {
    const { clock, timeOut } = createWorld()
    const attempt = sampleAttempt(TARGET, { deadlineAtMs: clock.nowMs() + 2_000 })
    const { source } = await timeOut(stalling)(attempt)
    await source.next()
    const last = source.next()
    clock.advance(2_000)
    expect((await last)?.events).toMatchObject([{ type: 'failure', failure: { code: 'attempt-timeout' } }])
    expect(await source.next()).toBeUndefined()
  })

  test('means nothing once the response is over', async () => {
    const { clock, timeOut } = createWorld()
    let seen: AbortSignal | undefined
    const call = timeOut(async ({ signal }) => {
      seen = signal
      return respond(TARGET, playSource([answer()]))
    })
    await drain((await call(sampleAttempt(TARGET))).source)
    clock.advance(10_000_000)
    expect(seen?.aborted).toBe(false)
  })
})

describe('a client that leaves', () => {
  test('aborts at once, before and after the response has begun', async () => {
    for (const script of [silent, stalling]) {
      const { timeOut } = createWorld()
      const client = new AbortController()
      const exchange = sampleExchange({ signal: client.signal })
      let seen: AbortSignal | undefined
      const call = timeOut((attempt) => {
        seen = attempt.signal
        return script(attempt)
      })
      const code = codeOf(call(sampleAttempt(TARGET, { exchange })))
      await Promise.resolve()
      client.abort()
      expect(seen?.aborted).toBe(true)
      expect(seen?.reason).toMatchObject({ code: 'client-gone' })
      expect(await code).toBe(script === silent ? 'client-gone' : 'none')
    }
  })

  test('who had left before is not called for', async () => {
    const { timeOut } = createWorld()
    const exchange = sampleExchange({ signal: AbortSignal.abort() })
    let wasAborted = false
    const call = timeOut(async ({ signal }) => {
      wasAborted = signal.aborted
      throw new Failure('connect-failed')
    })
    expect(await codeOf(call(sampleAttempt(TARGET, { exchange })))).toBe('client-gone')
    expect(wasAborted).toBe(true)
  })
})

test('a failure of its own passes through untouched', async () => {
  const { timeOut } = createWorld()
  const failure = new Failure('provider-rejected')
  const call = timeOut(async () => {
    throw failure
  })
  expect(call(sampleAttempt(TARGET))).rejects.toBe(failure)
})
