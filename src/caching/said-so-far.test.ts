import { expect, test } from 'bun:test'
import type { ResponseEvent } from '../exchange/event.ts'
import { createSeededRandom } from '../kit/random.ts'
import { atTheStart, SaidSoFar } from './said-so-far.ts'

const at = { choice: 0, index: 0 } as const
const text = (said: string): ResponseEvent => ({ type: 'text-delta', ...at, text: said })

function textIn(events: readonly ResponseEvent[] | undefined): string {
  return (events ?? []).map((event) => ('text' in event ? event.text : '')).join('')
}

test('what was said is read from where one is, the pieces of a text as one', () => {
  const said = new SaidSoFar()
  const place = atTheStart()
  said.push({ type: 'start', responseId: 'theirs', model: 'm' })
  said.push(text('Hello'))
  expect(said.readFrom(place)).toEqual([{ type: 'start', model: 'm' }, text('Hello')])
  expect(said.readFrom(place)).toBeUndefined()
  said.push(text(' you'))
  said.push(text(''))
  said.push(text('!'))
  expect(said.readFrom(place)).toEqual([text(' you!')])
  said.push({ type: 'end' })
  expect(said.readFrom(place)).toEqual([{ type: 'end' }])
  expect(said.readFrom(place)).toBeUndefined()
  expect(said.whole()).toEqual([{ type: 'start', model: 'm' }, text('Hello you!'), { type: 'end' }])
})

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'readers of any pace read the same, also of what is forgotten behind the slowest (%d)',
  (seed) => {
    const random = createSeededRandom(seed)
    const said = new SaidSoFar()
    const readers = Array.from({ length: 4 }, () => ({ place: atTheStart(), read: '' }))
    let all = ''
    for (let turn = 0; turn < 200; turn += 1) {
      const piece = 'x'.repeat(Math.floor(random.next() * 300)) + String(turn)
      all += piece
      said.push(
        random.next() < 0.1 ? { type: 'text-delta', choice: 0, index: turn, text: piece } : text(piece),
      )
      for (const reader of readers.filter(() => random.next() < 0.2))
        reader.read += textIn(said.readFrom(reader.place))
      const [slowest] = readers.toSorted((left, right) => left.place.index - right.place.index)
      if (slowest !== undefined) said.forgetBefore(slowest.place)
    }
    for (const reader of readers) expect(reader.read + textIn(said.readFrom(reader.place))).toBe(all)
  },
)

test('it knows how much it holds, and how much stands behind what is read next', () => {
  const said = new SaidSoFar()
  const place = atTheStart()
  said.push(text('x'.repeat(5_000)))
  said.push({ type: 'text-delta', choice: 0, index: 1, text: 'y'.repeat(300) })
  expect(said.bytes).toBe(5_300)
  expect(said.bytesBehind(place)).toBe(300)
  said.readFrom(place)
  said.forgetBefore(place)
  expect(said.bytes).toBe(300)
  said.push({ type: 'passed', frames: 1, bytes: 10 })
  expect(said.isTellable).toBe(false)
})

const LONG = 'x'.repeat(10_000)
const LONG_EVENTS: readonly (readonly [string, ResponseEvent])[] = [
  ['logprobs', { type: 'logprobs', choice: 0, content: [{ token: LONG }] }],
  ['an explanation', { type: 'finish', choice: 0, reason: 'stop', explanation: LONG }],
  ['a vector as text', { type: 'vector', input: 0, encoding: 'base64', values: LONG }],
  ['what only one provider knows', { type: 'start', extra: { openai: { about: LONG } } }],
]

test.each(LONG_EVENTS)('it counts all that can be long: %s', (_, event) => {
  const said = new SaidSoFar()
  said.push(event)
  expect(said.bytes).toBeGreaterThanOrEqual(10_000)
  expect(said.bytes).toBeLessThan(11_000)
})
