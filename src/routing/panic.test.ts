import { describe, expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { restsAsTold } from '../exchange/rest-view.ts'
import { NO_FEATURES } from '../exchange/features.ts'
import { NO_LOADS } from '../exchange/load-view.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import type { Choice } from './choice.ts'
import { createChooser } from './choose.ts'
import { CIRCUIT_RULES } from './circuit.ts'
import { fail, sampleSubject, succeed } from './health.fixture.ts'
import { createHealthBoard } from './health.ts'
import { sampleRoute, sampleTarget } from './samples.fixture.ts'

const TARGETS = ['a/m', 'b/m', 'c/m'].map((id) => sampleTarget(id))

/** @param rests by target, below zero where it answers now and then */
function choose(rests: Readonly<Record<string, number>>, targets = TARGETS): Choice {
  return createChooser()({
    route: sampleRoute(targets),
    features: NO_FEATURES,
    operation: { name: 'chat', interchangeable: true },
    rests: restsAsTold({ targets: new Map(Object.entries(rests)) }),
    load: NO_LOADS,
    random: createSeededRandom(1),
  })
}

const askedOf = ({ candidates }: Choice): string[] =>
  candidates.map(({ target, inPanic }) => `${target.id}${inPanic === true ? '!' : ''}`)

describe('panic', () => {
  test('all are asked where most of a route rests and answers now and then, and the decision says so', () => {
    const choice = choose({ 'a/m': -5_000, 'c/m': -2_000 })
    expect(askedOf(choice)).toEqual(['a/m!', 'b/m', 'c/m!'])
    expect(choice.filter).toBeUndefined()
    expect(choice.rank?.targets[0]).toEqual({ target: 'a/m', detail: 'panic: rests 5 s, as most do' })
  })

  test('nobody is asked who is away, nor where half of the route is well, nor in a route of two', () => {
    expect(askedOf(choose({ 'a/m': -5_000, 'c/m': 2_000 }))).toEqual(['b/m'])
    expect(askedOf(choose({ 'a/m': -5_000 }))).toEqual(['b/m', 'c/m'])
    expect(askedOf(choose({ 'a/m': -5_000 }, TARGETS.slice(0, 2)))).toEqual(['b/m'])
  })

  test('a target answers now and then whose circuit was opened by a share of faults', () => {
    const clock = createManualClock()
    const board = createHealthBoard({ clock, random: createSeededRandom(1) })
    const row = sampleSubject({ target: 'row' })
    const failure = new Failure('connect-failed')
    for (let time = 0; time < CIRCUIT_RULES.faults; time += 1) fail(board, row, failure)
    const share = sampleSubject({ target: 'share' })
    for (let time = 0; time < CIRCUIT_RULES.leastCalls / 2; time += 1) {
      succeed(board, share)
      clock.advance(10)
      fail(board, share, failure)
    }
    expect(board.targetRestsUntil('row', row.caller)).toBeDefined()
    expect(board.targetRestsUntil('share', row.caller)).toBeDefined()
    expect(board.answersInPart('row', row.caller)).toBe(false)
    expect(board.answersInPart('share', row.caller)).toBe(true)
    expect(board.admit(row, { rules: CIRCUIT_RULES, early: true, inPanic: true })).toBeDefined()
    // A probe that fails says that it is away after all.
    clock.advance(CIRCUIT_RULES.firstRestMs)
    fail(board, share, failure)
    expect(board.answersInPart('share', row.caller)).toBe(false)
  })
})
