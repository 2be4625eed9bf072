import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Turn } from '../exchange/chat.ts'
import type { Block } from '../exchange/content.ts'
import { arrangeTurns, type TurnRules } from './arrange-turns.ts'
import { towards, toolRules, type Towards } from './towards.ts'

const text = (said: string): Block => ({ type: 'text', text: said })
const result = (callId: string, ...blocks: readonly Block[]): Block => ({
  type: 'tool-result',
  callId,
  isError: false,
  blocks,
})
const image: Block = { type: 'media', kind: 'image', source: { from: 'url', url: 'https://e.example' } }
const user = (...blocks: readonly Block[]): Turn => ({ role: 'user', blocks })
const assistant = (...blocks: readonly Block[]): Turn => ({ role: 'assistant', blocks })
const system = (...blocks: readonly Block[]): Turn => ({ role: 'system', blocks })

/** A wire that demands nothing. */
const TOLERANT: TurnRules<Towards> = {
  settle: (block) => block,
  names: true,
  ranks: () => true,
  midSystem: () => true,
  joins: () => false,
  mediaInResults: true,
  trimsPrefill: false,
}

/** A wire that demands everything. */
const STRICT: TurnRules<Towards> = {
  settle: (block) => (block.type === 'text' && block.text.trim() === '' ? undefined : block),
  names: false,
  ranks: () => false,
  midSystem: () => false,
  joins: ({ role }) => role !== 'system',
  mediaInResults: false,
  filler: text('.'),
  trimsPrefill: true,
}

interface Arranged {
  readonly turns: readonly Turn[]
  readonly notices: readonly string[]
}

function arrange(turns: readonly Turn[], rules: Partial<TurnRules<Towards>>): Arranged {
  const notices: string[] = []
  const to = towards(
    { operation: 'chat', model: 'm', turns, stream: false, wantsUsage: false },
    { model: 'm', capabilities: {}, quirks: {}, headers: {}, notice: (code) => void notices.push(code) },
    toolRules({ pattern: 'any', length: 40 }, { mostCharacters: 64, emulatesText: false }),
  )
  return { turns: arrangeTurns(turns, { ...TOLERANT, ...rules }, to), notices }
}

describe('a conversation is arranged as a wire demands', () => {
  test('where there is nothing to do it is the same array', () => {
    const turns = [
      system(text('s')),
      user(text('a')),
      assistant(text('b')),
      user(result('c', text('1')), text('d')),
    ]
    expect(arrange(turns, TOLERANT)).toEqual({ turns, notices: [] })
    expect(arrange(turns, TOLERANT).turns).toBe(turns)
    expect(arrange(turns, STRICT).turns).toBe(turns)
  })

  test('results of tools come before what else is said in their turn', () => {
    const { turns } = arrange([user(text('a'), result('c'))], {})
    expect(turns).toEqual([user(result('c'), text('a'))])
  })

  test('a system turn behind others becomes a note of the user', () => {
    const { turns, notices } = arrange([system(text('s')), user(text('a')), system(text('n'))], {
      midSystem: () => false,
    })
    expect(turns).toEqual([system(text('s')), user(text('a')), user(text('<system-note>n</system-note>'))])
    expect(notices).toEqual(['system.relocated'])
  })

  test('neighbours of one role are one turn, with a joint between texts where there is one', () => {
    const turns = [user(text('a')), user(text('b'), image)]
    expect(arrange(turns, { joins: () => true })).toEqual({
      turns: [user(text('a'), text('b'), image)],
      notices: ['turn.merged'],
    })
    expect(arrange(turns, { joins: () => true, joint: '\n' }).turns).toEqual([user(text('a\nb'), image)])
    const called = { type: 'tool-call', id: 'c', name: 'f', arguments: '{}', form: 'json' } as const
    const answers = [assistant(text('a'), called), assistant(text('b'))]
    expect(arrange(answers, { joins: () => true, joint: '\n' }).turns).toEqual([
      assistant(text('a'), called, text('\nb')),
    ])
  })

  test('media of results follow all results of the round', () => {
    const turns = [user(result('a', text('1'), image)), user(result('b', image), text('and?'))]
    const { turns: arranged, notices } = arrange(turns, { mediaInResults: false })
    expect(arranged).toEqual([
      user(result('a', text('1'))),
      user(result('b', text('[attached below]'))),
      user(text('[tool a returned image]'), image, text('[tool b returned image]'), image),
      user(text('and?')),
    ])
    expect(notices).toEqual(['result.media-moved', 'result.media-moved'])
  })

  test('a call is answered once in its round, and again when a later round calls by the same id', () => {
    const call: Block = { type: 'tool-call', id: 'a', name: 'look', arguments: '{}', form: 'json' }
    const round = [assistant(call), user(result('a', text('1')))]
    expect(arrange([...round, ...round], {})).toEqual({ turns: [...round, ...round], notices: [] })
    const [called = user(), answered = user()] = round
    expect(arrange([called, answered, answered, assistant(text('b'))], {})).toEqual({
      turns: [called, answered, assistant(text('b'))],
      notices: ['result.repeated'],
    })
    expect(arrange([called, user(result('a', text('1')), result('a', text('2')))], {}).turns).toEqual(round)
  })

  test('who must begin begins, and who must not be silent says something', () => {
    expect(arrange([assistant(text('a')), user()], { filler: text('.') })).toEqual({
      turns: [user(text('.')), assistant(text('a')), user(text('.'))],
      notices: ['turn.emptied', 'turn.seeded'],
    })
    expect(arrange([user(text('a')), assistant()], { filler: text('.') }).turns).toEqual([user(text('a'))])
  })

  test('names and ranks that the wire cannot say are lost with a notice', () => {
    const turns: readonly Turn[] = [
      { ...system(text('s')), rank: 'developer' },
      { ...user(text('a')), name: 'Ann' },
    ]
    expect(arrange(turns, { names: false, ranks: () => false })).toEqual({
      turns: [system(text('s')), user(text('a'))],
      notices: ['rank.weakened', 'name.dropped'],
    })
  })
})

const said = fc.constantFrom('a', 'b', ' ', '').map(text)
const asked = fc.oneof(
  fc.array(said, { maxLength: 3 }).map((blocks) => user(...blocks)),
  fc
    .array(fc.oneof(said, fc.constant(image)), { maxLength: 2 })
    .map((blocks) => user(result('c', ...blocks), text('x'))),
  said.map((block) => system(block)),
)
/** What is asked before each answer, and the answers. */
const rounds = fc.array(
  fc.record({ asked: fc.array(asked, { minLength: 1, maxLength: 3 }), answer: fc.constantFrom('y', 'z ') }),
  { minLength: 1, maxLength: 4 },
)

test.each([
  ['tolerant', TOLERANT],
  ['strict', STRICT],
] as const)('what was made of a conversation up to an answer stays its beginning (%s)', (_name, rules) => {
  fc.assert(
    fc.property(rounds, fc.nat(3), (all, cut) => {
      const turns = all.map((round) => [...round.asked, assistant(text(round.answer))])
      const asking = all[Math.min(cut, all.length - 1)]?.asked ?? []
      const before = [...turns.slice(0, Math.min(cut, all.length - 1)).flat(), user(text('q')), ...asking]
      const whole = [...before, assistant(text('w')), ...turns.flat()]
      const begun = arrange(before, rules).turns
      expect(arrange(whole, rules).turns.slice(0, begun.length)).toEqual([...begun])
    }),
  )
})
