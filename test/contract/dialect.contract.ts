import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { ChatEvent } from '../../src/exchange/chat-content.ts'
import { collect, type Choice, type Message } from '../../src/exchange/collect.ts'
import type { Block } from '../../src/exchange/content.ts'
import { Failure } from '../../src/exchange/failure.ts'
import { FAILURES, type FailureCode } from '../../src/exchange/failure-table.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { isOwnCredential } from '../../src/dialects/failure-envelope.ts'
import { speakChat } from '../../src/dialects/speak-chat.fixture.ts'
import { parseJsonObject } from '../../src/kit/json.ts'
import { totalInput, totalOutput } from '../../src/exchange/usage.ts'
import { answerArbitrary } from '../arbitraries/answers.ts'
import { checkChatEvents } from '../grammar/chat-events.ts'
import { decode, read, readWhole, tap, write, writeWhole } from './spoken-answer.ts'

/** What the suite must be told of a dialect. */
export interface DialectUnderTest {
  readonly dialect: Dialect
  /** Complaints about a stream as clients read it; none means legal. */
  readonly checkStream: (wire: string) => readonly string[]
}

const RUNS = { numRuns: 100 }

/** What all chat dialects hold to, whatever they are like: a further one is one more call of this. */
export function describeChat({ dialect, checkStream }: DialectUnderTest): void {
  const spoken = speakChat(dialect)

  describe('an answer that is written', () => {
    test('is a legal stream, whatever is said', () => {
      fc.assert(
        fc.property(answerArbitrary, (events) => {
          expect(checkStream(write(spoken, events).wire)).toEqual([])
        }),
        RUNS,
      )
    })

    test('is a legal stream wherever it fails, and says so', () => {
      fc.assert(
        fc.property(answerArbitrary, fc.nat(), (events, at) => {
          const failure = { type: 'failure', failure: new Failure('stream-truncated') } as const
          const { wire } = write(spoken, [...events.slice(0, at % events.length), failure])
          expect(checkStream(wire)).toEqual([])
          expect(read(spoken, wire).at(-1)).toMatchObject({ type: 'failure' })
        }),
        RUNS,
      )
    })

    test('reads back as it was, or a notice tells what was lost', () => {
      fc.assert(
        fc.property(answerArbitrary, (events) => {
          const { wire, notices } = write(spoken, events)
          const kept = heard(collect(read(spoken, wire)))
          if (notices.size === 0) expect(kept).toEqual(heard(collect(events)))
        }),
        RUNS,
      )
    })

    test('says the same in one piece as in a stream', () => {
      fc.assert(
        fc.property(answerArbitrary, (events) => {
          const streamed = write(spoken, events)
          const whole = writeWhole(spoken, events)
          expect(heard(collect(readWhole(spoken, whole.body)))).toEqual(
            heard(collect(read(spoken, streamed.wire))),
          )
          expect(whole.notices).toEqual(streamed.notices)
        }),
        RUNS,
      )
    })
  })

  describe('an answer that is read', () => {
    test('is told by the grammar of events', () => {
      fc.assert(
        fc.property(answerArbitrary, (events) => {
          const { wire } = write(spoken, events)
          expect(checkChatEvents(read(spoken, wire))).toEqual([])
          expect(checkChatEvents(readWhole(spoken, writeWhole(spoken, events).body))).toEqual([])
        }),
        RUNS,
      )
    })

    test('is the same where frames that repeat with another text are not decoded', () => {
      fc.assert(
        fc.property(answerArbitrary, (events) => {
          const { wire } = write(spoken, events)
          expect(read(spoken, wire)).toEqual(decode(spoken, wire))
        }),
        RUNS,
      )
    })

    test('is the same wherever its bytes are cut', () => {
      fc.assert(
        fc.property(answerArbitrary, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (events, cuts) => {
          const { wire } = write(spoken, events)
          expect(read(spoken, wire, cuts)).toEqual(read(spoken, wire))
        }),
        RUNS,
      )
      const [events = []] = fc.sample(answerArbitrary, { numRuns: 1, seed: 7 })
      const { wire } = write(spoken, events)
      const told = (cuts: readonly number[]): string => JSON.stringify(read(spoken, wire, cuts))
      const whole = told([])
      for (let at = 0; at < Buffer.byteLength(wire); at += 1) expect(told([at])).toBe(whole)
    })

    test('is accounted for by the tap as by the decoder, and shown as it is', () => {
      fc.assert(
        fc.property(answerArbitrary, (events) => {
          const { wire } = write(spoken, events)
          const tapped = tap(spoken, wire)
          expect(accounted(tapped.events)).toEqual(accounted(read(spoken, wire)))
          expect(tapped.shown).toBe(wire)
        }),
        RUNS,
      )
    })
  })

  describe('a failure', () => {
    const codes = Object.keys(FAILURES) as FailureCode[]

    test.each(codes)('%s reads back as what it was, with its words', (code) => {
      const failure = new Failure(code, { retryAfterMs: 7_000 })
      const { status, headers, body } = spoken.encodeFailure(failure, { requestId: 'req_1', attempts: [] })
      const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
      const again = spoken.decodeFailure({ status, headers: new Headers(headers), body: bytes, nowMs: 0 })
      expect(again.details).toMatchObject({ retryAfterMs: 7_000, upstream: { status, requestId: 'req_1' } })
      expect(Math.trunc(status / 100)).toBe(Math.trunc(FAILURES[code].status / 100))
      // An overflow is told in the dialect's own sentence.
      if (!isOwnCredential(again.code) && code !== 'context-overflow')
        expect(again.message).toContain(failure.message.slice(0, 20))
      expect(parseJsonObject(new TextDecoder().decode(bytes))).toBeDefined()
    })
  })
}

/** What a reader of an answer has heard, however it was cut into blocks. */
function heard({ choices, usage }: Message): unknown {
  return {
    choices: choices.filter(({ index, blocks }) => index === 0 || blocks.length > 0).map(heardOf),
    input: totalInput(usage),
    output: totalOutput(usage),
  }
}

function heardOf({ blocks, finish }: Choice): unknown {
  const of = <Type extends Block['type']>(type: Type) =>
    blocks.filter((block): block is Extract<Block, { type: Type }> => block.type === type)
  return {
    // Some wires have no word for a refusal.
    text: blocks
      .map((block) => (block.type === 'text' || block.type === 'refusal' ? block.text : ''))
      .join(''),
    thought: of('reasoning')
      .map(({ text }) => text)
      .join(''),
    calls: of('tool-call').map(({ id, name, form, arguments: said }) => ({
      id,
      name,
      // Free text is told as a function where the wire does not know it.
      input: form === 'text' ? { input: said } : (parseJsonObject(said) ?? {}),
    })),
    sources: of('text').flatMap(({ citations = [] }) => citations.map(({ url }) => url)),
    media: of('media').map(({ source }) => source),
    proofs: blocks.filter((block) => 'signature' in block && block.signature !== undefined).length,
    finish: finish?.reason,
  }
}

/** What the ledger and the log read. */
function accounted(events: readonly ChatEvent[]): readonly unknown[] {
  return events
    .filter(({ type }) => ['start', 'finish', 'usage', 'end', 'failure'].includes(type))
    .map((event) => (event.type === 'failure' ? event.failure.code : event))
}
