import { describe, expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { Route } from '../../exchange/route.ts'
import { Trail } from '../../exchange/trail.ts'
import type { Target } from '../../exchange/target.ts'
import { sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { createHealthBoard } from '../../routing/health.ts'
import { LoadBoard } from '../../routing/loads.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { Leads } from './leads.ts'
import { Lineup } from './lineup.ts'

const [A, B, C, D] = ['a/m', 'b/m', 'c/m', 'd/m'].map((id) => sampleTarget(id)) as [
  Target,
  Target,
  Target,
  Target,
]
const taking = (target: Target, contextTokens: number): Target => ({
  ...target,
  capabilities: { contextTokens },
})

function createField(targets: readonly Target[], changes: Partial<Route> = {}) {
  const trail = new Trail()
  const route = sampleRoute(targets, changes)
  const asCandidates = (of: readonly Target[]) => of.map((target) => ({ target, lastResort: false }))
  const random = createSeededRandom(1)
  const health = createHealthBoard({ clock: createManualClock(), random })
  const lineup = new Lineup(
    { health, load: new LoadBoard(createManualClock()), random },
    { id: 'caller', tokens: 0 },
    asCandidates(targets),
  )
  const leads = new Leads({
    route,
    trail,
    chooseFor: (led) => asCandidates(led.targets.map(({ target }) => target)),
  })
  const take = (): string | undefined => {
    const contender = lineup.next()
    lineup.advance()
    return contender?.candidate.target.id
  }
  const rest = (): string[] => Array.from({ length: lineup.left }, () => take() ?? '')
  const lead = (failure: Failure, failed: Target): void => leads.after(failure, failed, lineup)
  return { lineup, lead, trail, take, rest }
}

const after = (code: FailureCode, targets: readonly Target[]): Partial<Route> => ({
  leads: new Map([[code, sampleRoute(targets)]]),
})

describe('who is asked after a failure', () => {
  test('is the next in order where the route has nobody for it', () => {
    const { lead, take, rest } = createField([A, B, C])
    expect(take()).toBe('a/m')
    lead(new Failure('provider-error'), A)
    expect(rest()).toEqual(['b/m', 'c/m'])
  })

  test('is whoever the route has for it, who is asked once, and the others behind', () => {
    const { lead, lineup, take, rest } = createField([A, B, C], after('provider-error', [D, B, A]))
    take()
    lead(new Failure('provider-error'), A)
    expect(lineup.left).toBe(3)
    expect(take()).toBe('d/m')
    lead(new Failure('provider-error'), D)
    expect(rest()).toEqual(['b/m', 'c/m'])
  })

  test('is nobody else where it leads elsewhere only by choice', () => {
    const { lead, take, rest } = createField([A, B, C], after('content-refused', [D]))
    take()
    lead(new Failure('content-refused'), A)
    expect(rest()).toEqual(['d/m'])
  })
})

describe('after a conversation that was too long', () => {
  const overflow = (limitTokens?: number): Failure =>
    new Failure('context-overflow', limitTokens === undefined ? {} : { overflow: { limitTokens } })

  test('the target that takes most comes first, what is not known next, and what takes no more last', () => {
    const targets = [taking(A, 100), taking(B, 90), C, taking(D, 300)]
    const { lead, trail, take, rest } = createField(targets)
    take()
    lead(overflow(), taking(A, 100))
    expect(rest()).toEqual(['d/m', 'c/m', 'b/m'])
    expect(trail.steps).toMatchObject([
      { step: 'rank', reason: 'larger-context', targets: [{ target: 'd/m', detail: 'takes 300' }, {}, {}] },
    ])
  })

  test('is judged by what the provider says that it takes', () => {
    const targets = [taking(A, 1_000), taking(B, 200), C]
    const first = createField(targets)
    first.take()
    first.lead(overflow(), taking(A, 1_000))
    expect(first.rest()).toEqual(['c/m', 'b/m'])
    const second = createField(targets)
    second.take()
    second.lead(overflow(100), taking(A, 1_000))
    expect(second.rest()).toEqual(['b/m', 'c/m'])
  })

  test('nothing is taken down where the order stays', () => {
    const { lead, trail, take } = createField([A, taking(B, 300), taking(C, 200)])
    take()
    lead(overflow(), A)
    expect(trail.steps).toEqual([])
  })
})
