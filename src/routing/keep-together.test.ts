import { describe, expect, test } from 'bun:test'
import type { Affinity, AffinityKey } from '../exchange/affinity.ts'
import { NO_LOADS, UNSEEN } from '../exchange/load-view.ts'
import { NO_RESTS } from '../exchange/rest-view.ts'
import type { KeepsTogether, RankedTarget, Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import { NO_FEATURES } from '../exchange/features.ts'
import { createSeededRandom } from '../kit/random.ts'
import { hashText } from '../kit/rendezvous.ts'
import { keepTogether } from './keep-together.ts'
import { sampleRanking, sampleRoute, sampleTarget } from './samples.fixture.ts'

const random = createSeededRandom(1)
const [A, B, C] = [sampleTarget('eu-1/m'), sampleTarget('eu-2/m'), sampleTarget('us-1/m')] as const
const LONG = 4_000

interface Case {
  readonly targets?: readonly Target[]
  readonly ranked?: readonly RankedTarget[]
  readonly keeps?: KeepsTogether
  readonly key?: string
  readonly by?: AffinityKey
  readonly inputTokens?: number
  readonly warm?: string
  readonly warmTokens?: number
  readonly inFlight?: Readonly<Record<string, number>>
}

/** The order after requests were kept together. */
function keep(one: Case): readonly RankedTarget[] {
  const { targets = [A, B, C], keeps = 'anywhere', warm, warmTokens = LONG, inFlight = {} } = one
  const route: Route = sampleRoute(targets, {
    ranking: { ...sampleRanking('weighted'), keepsTogether: keeps },
  })
  const affinity: Affinity = {
    by: one.by ?? 'session',
    hash: hashText(one.key ?? 'session-1'),
    bound: 2,
    ...(warm === undefined ? {} : { warm: { target: warm, tokens: warmTokens } }),
  }
  return keepTogether(one.ranked ?? route.targets, route, {
    features: { ...NO_FEATURES, inputTokens: one.inputTokens ?? LONG },
    rests: NO_RESTS,
    random,
    affinity,
    route,
    load: {
      ...NO_LOADS,
      of: (id) => ({ ...UNSEEN, inFlight: inFlight[id] ?? 0 }),
    },
  })
}

const first = (one: Case): string => keep(one)[0]?.target.id ?? ''
const sessions = Array.from({ length: 60 }, (_, index) => `session-${index}`)

describe('keeping requests together', () => {
  test('the same session meets the same target, and only the sessions of a lost target move', () => {
    const met = new Set<string>()
    for (const key of sessions) {
      const before = first({ key })
      expect(first({ key, ranked: [C, B, A].map((target) => ({ target })) })).toBe(before)
      const after = first({ key, targets: [A, C] })
      if (before !== B.id) expect(after).toBe(before)
      met.add(before)
    }
    expect(met.size).toBe(3)
  })

  test('the record says by what, and whether the prompt is cached there; the others keep their order', () => {
    const home = keep({})
    expect(home[0]).toMatchObject({ reason: 'affinity', detail: `affinity session -> ${first({})}` })
    const warm = [A, B, C].find(({ id }) => id !== first({}))?.id ?? ''
    const kept = keep({ warm })
    expect(kept[0]).toMatchObject({ reason: 'affinity', detail: `affinity session -> ${warm} (warm)` })
    expect(kept.slice(1).map(({ target }) => target.id)).toEqual(
      [A, B, C].map(({ id }) => id).filter((id) => id !== warm),
    )
  })

  test('a conversation stays where it is warm although its key belongs elsewhere, until that target cannot be asked', () => {
    const warm = [A, B, C].find(({ id }) => id !== first({}))?.id ?? ''
    expect(first({ warm })).toBe(warm)
    expect(
      first({ warm, ranked: [A, B, C].filter(({ id }) => id !== warm).map((target) => ({ target })) }),
    ).toBe(first({}))
  })

  test('a short prompt, which no provider caches, is kept for its session alone', () => {
    for (const by of ['prompt_cache_key', 'prompt_prefix'] as const) {
      expect(keep({ by, inputTokens: 1_023 })[0]).not.toHaveProperty('reason')
      expect(keep({ by, inputTokens: 1_024 })[0]).toMatchObject({ reason: 'affinity' })
    }
    expect(keep({ inputTokens: 10 })[0]).toMatchObject({ reason: 'affinity' })
    const late = [A, B, C].map((target) => ({ ...target, capabilities: { cachedFromTokens: 4_096 } }))
    expect(keep({ by: 'prompt_prefix', targets: late })[0]).not.toHaveProperty('reason')
  })

  test('a crowded target is passed by, a handful of requests is no crowd', () => {
    const home = first({})
    expect(first({ inFlight: { [home]: 8 } })).toBe(home)
    expect(first({ inFlight: { [home]: 20, [A.id]: 20, [B.id]: 20, [C.id]: 20 } })).toBe(home)
    expect(first({ inFlight: { [home]: 9 } })).not.toBe(home)
    expect(first({ warm: home, inFlight: { [home]: 9 } })).not.toBe(home)
  })

  test('a strategy may keep its order, or allow only what is about as good as its best', () => {
    expect(keep({ keeps: 'nowhere' })[0]).not.toHaveProperty('reason')
    const scores: Record<string, number> = { [A.id]: 1, [B.id]: 1.1, [C.id]: 2 }
    const ranked = [A, B, C].map((target) => ({ target, score: scores[target.id] ?? 0 }))
    const met = new Set(sessions.map((key) => first({ key, ranked, keeps: 'among-equals' })))
    expect([...met].toSorted()).toEqual([A.id, B.id])
    expect(first({ ranked, keeps: 'among-equals', warm: C.id })).not.toBe(C.id)
  })

  test('where leaving a cache is part of the scores, a conversation stays where it is warm as long as nobody has a better one', () => {
    const [warm, other] = [A, B]
    const scored = (ofWarm: number) =>
      [
        { target: other, score: 1 },
        { target: warm, score: ofWarm },
      ].toSorted((left, right) => left.score - right.score)
    const one = { targets: [other, warm], keeps: 'until-cheaper', warm: warm.id } as const
    expect(keep({ ...one, ranked: scored(1) })[0]).toMatchObject({ target: warm, reason: 'affinity' })
    expect(keep({ ...one, ranked: scored(0.9) })[0]).toMatchObject({ target: warm, reason: 'affinity' })
    // The strategy leaves it, and says why.
    const left = keep({ ...one, ranked: scored(1.01) })
    expect(left[0]).toEqual({ target: other, score: 1 })
  })

  test('a target without a price is no dearer for all that is known, and that is no reason to leave its cache', () => {
    const { price: _price, ...warm } = A
    const ranked = [
      { target: B, score: 1 },
      { target: warm, score: Number.POSITIVE_INFINITY },
    ]
    expect(first({ targets: [B, warm], ranked, keeps: 'until-cheaper', warm: warm.id })).toBe(warm.id)
  })
})
