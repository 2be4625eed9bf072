import { describe, expect, test } from 'bun:test'
import { ANSWER_PARTS, sampleAnswer } from '../../src/dialects/fate-samples.fixture.ts'
import { collect, type Message } from '../../src/exchange/collect.ts'
import type { ChatEvent } from '../../src/exchange/chat-content.ts'
import type { Block } from '../../src/exchange/content.ts'
import { explode } from '../../src/exchange/explode.fixture.ts'
import { mapMembers } from '../../src/exchange/request-texts.ts'
import { Eye, type Looking } from '../../src/guardrails/eye.ts'
import { GuardedAnswer } from '../../src/guardrails/guarded-answer.ts'
import { answerArbitrary } from '../arbitraries/answers.ts'
import { PATIENCE_MS, sample } from './budget.ts'

/*
 * Whatever an answer says, and however it is cut: where nothing is found, the same is told; a word that is looked for is never.
 */

const WORD = 'bluebird'

const LOOKER = {
  reach: WORD.length,
  look: (text: string) =>
    [...text.matchAll(/bluebird/g)].map(({ index }) => ({
      start: index,
      end: index + WORD.length,
      name: 'term',
    })),
}

function guard(action: Looking['action']) {
  const guardrail = {
    name: 'words',
    kind: 'sample',
    looker: LOOKER,
    phases: ['output'],
    action,
    isShadow: false,
    budgetMs: 1e9,
    onError: 'block',
  } as Looking
  const eye = new Eye(guardrail, 'output', { elapsedMs: () => 0, onDefect() {} })
  const lost: string[] = []
  const answer = new GuardedAnswer({
    acting: [eye],
    seeing: [],
    put: () => '<TERM>',
    onLost: (code) => void lost.push(code),
  })
  return { answer, lost, eye }
}

const MASK = { type: 'mask', restore: false } as const

function take(answer: GuardedAnswer, events: readonly ChatEvent[]): ChatEvent[] {
  return events.flatMap((event) => answer.take(event)) as ChatEvent[]
}

/** Texts cut into pieces of three characters, so that no word stands in one of them. */
function cut(event: ChatEvent): readonly ChatEvent[] {
  if (!('text' in event) || event.text.length < 4) return [event]
  return (event.text.match(/.{1,3}/gsu) ?? []).map((text) => ({ ...event, text }))
}

/** The answer with the word in each of its texts. */
function planted(message: Message): Message {
  const plant = (text: string): string => (text.startsWith('{') ? text : `${text} ${WORD} ${text}`)
  return {
    ...message,
    choices: message.choices.map((choice) => ({
      ...choice,
      blocks: choice.blocks.map((block): Block => mapMembers(block, plant)),
    })),
  }
}

const MESSAGES: readonly Message[] = [
  ...ANSWER_PARTS.map((part) => sampleAnswer(part, 'openai')),
  ...sample(answerArbitrary, 60).map((events) => collect(events)),
]

describe('an answer that is looked at', () => {
  test(
    'is the same where nothing is found',
    () => {
      for (const message of MESSAGES) {
        const { answer, lost } = guard(MASK)
        const told = take(answer, explode(message).flatMap(cut))
        expect(collect(told)).toEqual(collect(explode(message)))
        expect(lost).toEqual([])
      }
    },
    PATIENCE_MS,
  )

  test(
    'never says what is masked in it, wherever it stood',
    () => {
      for (const message of MESSAGES) {
        const { answer, eye } = guard(MASK)
        const told = take(answer, explode(planted(message)).flatMap(cut))
        expect(JSON.stringify(told)).not.toContain(WORD)
        expect(JSON.stringify(collect(told))).not.toContain(WORD)
        expect(eye.hasFound).toBe(JSON.stringify(planted(message)).includes(WORD))
      }
    },
    PATIENCE_MS,
  )

  test(
    'says nothing behind the place where somebody blocks',
    () => {
      for (const message of MESSAGES) {
        const { answer } = guard({ type: 'block', answer: 'error' })
        const told: ChatEvent[] = []
        for (const event of explode(planted(message)).flatMap(cut)) {
          told.push(...take(answer, [event]))
          if (answer.blockedBy !== undefined) break
        }
        expect(JSON.stringify(told)).not.toContain(WORD)
      }
    },
    PATIENCE_MS,
  )

  test('loses the proof of a thought that was changed, and the probabilities of its words', () => {
    const { answer, lost } = guard(MASK)
    const at = { choice: 0, index: 0 }
    const told = take(answer, [
      { type: 'block-start', ...at, block: { type: 'reasoning', text: '', form: 'full' } },
      { type: 'reasoning-delta', ...at, text: `a ${WORD}` },
      { type: 'signature', ...at, signature: { family: 'f', scheme: 's', value: 'v' } },
      { type: 'logprobs', choice: 0, content: [{ token: WORD }] },
      { type: 'block-end', ...at },
      { type: 'finish', choice: 0, reason: 'stop' },
    ])
    expect(collect(told).choices).toEqual([
      {
        index: 0,
        blocks: [{ type: 'reasoning', text: 'a <TERM>', form: 'full' }],
        logprobs: [],
        finish: { type: 'finish', choice: 0, reason: 'stop' },
      },
    ])
    expect(lost).toEqual(['seal.lost', 'logprobs.dropped'])
  })

  test('a word that stands across pieces of what only one family understands is masked', () => {
    const { answer } = guard(MASK)
    const at = { choice: 0, index: 0 }
    const told = take(answer, [
      { type: 'block-start', ...at, block: { type: 'native', family: 'f', raw: { type: 'server_tool' } } },
      { type: 'native-delta', ...at, raw: { type: 'piece', partial: '{"q":"blue' } },
      { type: 'native-delta', ...at, raw: { type: 'piece', partial: 'bird"}' } },
      { type: 'block-end', ...at },
    ])
    expect(told.flatMap((event) => (event.type === 'native-delta' ? [event.raw] : []))).toEqual([
      { type: 'piece', partial: '{"q":"<TERM>"}' },
      { type: 'piece', partial: '' },
    ])
  })

  test('arguments of which nobody can see the end are not let through unseen', () => {
    const { answer } = guard(MASK)
    const at = { choice: 0, index: 0 }
    const long = 'x'.repeat(1_000_000)
    const block = { type: 'tool-call', id: 'c', name: 'f', arguments: '', form: 'json' } as const
    const told = take(answer, [
      { type: 'block-start', ...at, block },
      ...Array.from({ length: 5 }, () => ({ type: 'arguments-delta', ...at, text: long }) as const),
      { type: 'block-end', ...at },
    ])
    expect(told).toEqual([{ type: 'block-start', ...at, block }])
    expect(answer.blockedBy?.finding()).toMatchObject({ verdict: 'blocked' })
  })
})
