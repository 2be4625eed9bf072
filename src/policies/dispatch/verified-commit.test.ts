import { describe, expect, test } from 'bun:test'
import type { Acceptance } from '../../exchange/acceptance.ts'
import type { Ask } from '../../exchange/ask.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createManualClock, type ManualClock } from '../../kit/manual-clock.fixture.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { VERIFIERS } from '../../verifying/all.ts'
import {
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  routedExchange,
  sampleAttempt,
  type ScriptedSource,
} from '../samples.fixture.ts'
import { Rejection } from './rejection.ts'
import { commitFor } from './verified-commit.ts'

const TARGET = sampleTarget('one/a')
const REFUSAL = "I'm sorry, but I can't help with that."

const accepting = (changes: Partial<Acceptance>): Acceptance => ({
  verifiers: VERIFIERS.filter(({ name }) => name === 'refusal' || name === 'arithmetic').map(
    ({ standard }) => standard,
  ),
  stream: 'buffer',
  refusals: 'stay',
  otherwise: 'best',
  ...changes,
})

interface Setting {
  readonly accept: Acceptance
  readonly clock?: ManualClock
  readonly ask?: Ask
  readonly changes?: Partial<Exchange>
  readonly signal?: AbortSignal
}

/** Has an answer held as its route says. */
function hold(
  source: ScriptedSource,
  { accept, clock = createManualClock(), ask, changes, signal }: Setting,
) {
  const exchange = routedExchange(sampleRoute([TARGET], { accept }), { request: sampleChat(), ...changes })
  const telemetry = createRecordingTelemetry()
  const parts = { clock, telemetry, ...(ask === undefined ? {} : { ask }) }
  const commit = commitFor(
    parts,
    sampleAttempt(TARGET, { exchange, ...(signal === undefined ? {} : { signal }) }),
    true,
  )
  const shown = Promise.resolve(commit(respond(TARGET, source)))
  shown.catch(() => {})
  const verdicts = () => exchange.trail.steps.filter(({ step }) => step === 'verdict')
  return { shown, verdicts, telemetry }
}

async function rejectionOf(shown: Promise<ModelResponse>): Promise<Rejection> {
  const thrown: unknown = await shown.catch((error: unknown) => error)
  if (thrown instanceof Rejection) return thrown
  throw new Error('it was not rejected')
}

const delta = (text: string): ResponseEvent => ({ type: 'text-delta', choice: 0, index: 0, text })
const START = answer().slice(0, 2)
const END = answer().slice(3)
/** Lets everything run that waits for nothing. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

describe('a beginning', () => {
  const probe = accepting({ stream: 'probe' })

  test('is held for 0.8 s from the first word, and what was asked for by then comes when it comes', async () => {
    const clock = createManualClock()
    const late = Promise.withResolvers<ResponseChunk | undefined>()
    const { shown, verdicts } = hold(playSource([START, [delta('It')], () => late.promise, END]), {
      accept: probe,
      clock,
    })
    let isShown = false
    void shown.then(() => (isShown = true))
    await settle()
    clock.advance(799)
    await settle()
    expect(isShown).toBe(false)
    clock.advance(1)
    const response = await shown
    late.resolve({ events: [delta(' is, and 2 + 2 = 5.')] })
    const events = await drain(response.source)
    expect(events).toEqual([...START, delta('It'), delta(' is, and 2 + 2 = 5.'), ...END])
    // The rest was looked at for the record.
    expect(verdicts()).toMatchObject([{ says: 'reject', shown: true, objections: [{ by: 'arithmetic' }] }])
  })

  test('is held for 48 tokens, and rejected by them: the provider is stopped', async () => {
    const source = playSource([START, [delta(REFUSAL)], [delta(' No.'.repeat(60))], [delta('never')], END])
    const { shown, telemetry } = hold(source, { accept: probe })
    const rejection = await rejectionOf(shown)
    expect(rejection.code).toBe('answer-rejected')
    expect(rejection.held).toBeUndefined()
    expect(source.cancelledBy).toBe(rejection)
    expect([...telemetry.counts.keys()]).toEqual([
      'gatehouse_escalations_total{route=sample,rung=1,reason=refusal/declined-in-words}',
    ])
  })

  test('that is all there is may be given all the same', async () => {
    const rejection = await rejectionOf(hold(playSource([answer(REFUSAL)]), { accept: probe }).shown)
    expect(rejection.held).toBeDefined()
  })

  test('that breaks off is the failure that it is', async () => {
    const { shown } = hold(playSource([START, [delta('It')]]), { accept: probe })
    expect(await shown.catch((error: unknown) => error)).toMatchObject({ code: 'stream-truncated' })
  })
})

test('an answer that breaks off when it was shown is not judged', async () => {
  const { shown, verdicts } = hold(playSource([START, [delta(REFUSAL)]]), {
    accept: accepting({ stream: 'none' }),
  })
  await drain((await shown).source).catch(() => {})
  expect(verdicts()).toEqual([])
})

test('what passed unread is not judged', async () => {
  const passed: ResponseEvent = { type: 'passed', frames: 1, bytes: 9 }
  const { shown, verdicts } = hold(playSource([[...START, passed, ...END]]), { accept: accepting({}) })
  await shown
  expect(verdicts()).toMatchObject([{ says: 'nothing' }])
})

describe('a judge', () => {
  const accept = accepting({ judge: { route: 'judge', atLeast: 0.6 } })
  const replying =
    (text: string, questions: unknown[]): Ask =>
    async (question) => {
      questions.push(question)
      const choice = { index: 0, blocks: [{ type: 'text', text }], logprobs: [] }
      return { choices: [choice], usage: NO_USAGE }
    }

  test('is asked about what nobody objects to, as the exchange whose answer it is', async () => {
    const questions: unknown[] = []
    const ask = replying('{"acceptable": true, "score": 0.3}', questions)
    const rejection = await rejectionOf(hold(playSource([answer()]), { accept, ask }).shown)
    expect(rejection.objections).toEqual([
      { by: 'judge', reason: 'low-score', detail: 'score 0.30, at least 0.6' },
    ])
    await rejectionOf(hold(playSource([answer(REFUSAL)]), { accept, ask }).shown)
    expect(questions).toMatchObject([
      { purpose: 'judge', request: { model: 'judge' }, parent: { id: 'req_1' } },
    ])
  })

  test('who fails, or gives no verdict, changes nothing; and about what was asked itself none is asked', async () => {
    const questions: unknown[] = []
    const failing = (() => Promise.reject(new Error('down'))) as unknown as Ask
    for (const ask of [failing, replying('Hm.', questions)]) {
      expect(await hold(playSource([answer()]), { accept, ask }).shown).toBeDefined()
    }
    const asked = { purpose: 'judge', parentId: 'req_0' } as const
    const ask = replying('{"acceptable": false, "score": 0}', questions)
    await hold(playSource([answer()]), { accept, ask, changes: { asked } }).shown
    expect(questions).toHaveLength(1)
  })
  test('who takes long is given up, and nobody waits for one whose answer was outrun', async () => {
    const clock = createManualClock()
    const race = new AbortController()
    let deadlineAtMs = 0
    const ask = (({ parent }) => {
      ;({ deadlineAtMs } = parent)
      return new Promise((_resolve, reject) => {
        parent.signal.addEventListener('abort', () => reject(new Error('stopped')))
      })
    }) as Ask
    const changes = { deadlineAtMs: Number.POSITIVE_INFINITY }
    const { shown } = hold(playSource([answer()]), { accept, ask, clock, changes, signal: race.signal })
    await settle()
    expect(deadlineAtMs).toBe(clock.nowMs() + LIMITS.judgeMs)
    race.abort()
    expect(await shown).toBeDefined()
  })
})
