import { expect, test } from 'bun:test'
import { AFFINITY_KEYS, type Affinity } from '../exchange/affinity.ts'
import { readDecision, writeDecision } from '../exchange/decision-record.ts'
import { PREFERRED } from '../exchange/decision.ts'
import { Failure } from '../exchange/failure.ts'
import { NO_FEATURES } from '../exchange/features.ts'
import { UNSEEN, type LoadView, type TargetLoad } from '../exchange/load-view.ts'
import { MODEL_OPERATIONS, OPERATIONS } from '../exchange/operations/all.ts'
import type { Route, RouteTarget } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import { LIMITS } from '../kit/limits.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom, randomOf, type Random } from '../kit/random.ts'
import { sampleExchange } from '../policies/samples.fixture.ts'
import type { Choice, ChoiceQuestion } from './choice.ts'
import { createChooser } from './choose.ts'
import { ConsultedLoads } from './consulted-loads.ts'
import { createHealthBoard } from './health.ts'
import { breakDown, fail, sampleSubject } from './health.fixture.ts'
import { replayDecision } from './replay.ts'
import { Rests } from './rests.ts'
import { sampleRoute, sampleTarget } from './samples.fixture.ts'
import { STRATEGIES } from './strategies/all.ts'

const DECISIONS = 10_000
const MOST_TARGETS = 50
const LIMITS_OF_PROVIDERS = [
  new Failure('provider-rate-limited', { retryAfterMs: 4_000 }),
  new Failure('provider-rate-limited', { retryAfterMs: 90_000 }),
  new Failure('provider-auth'),
]

/** Draws whatever a decision may be made from. */
class Draw {
  readonly #random: Random

  constructor(seed: number) {
    this.#random = createSeededRandom(seed)
  }

  below(limit: number): number {
    return Math.floor(this.#random.next() * limit)
  }

  chance(share: number): boolean {
    return this.#random.next() < share
  }

  one<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('nothing to draw from')
    return item
  }

  maybe<Item>(share: number, item: () => Item): Item | undefined {
    return this.chance(share) ? item() : undefined
  }
}

test(`${DECISIONS} generated decisions replay to the same bytes, and none is longer than the bound`, () => {
  const draw = new Draw(9)
  const choose = createChooser()
  const seen = {
    filtered: 0,
    resting: 0,
    limited: 0,
    loaded: 0,
    barred: 0,
    outside: 0,
    late: 0,
    poor: 0,
    preferred: 0,
    empty: 0,
  }
  let longest = 0
  let route = drawRoute(draw)
  for (let count = 0; count < DECISIONS; count += 1) {
    if (count % 5 === 0) route = drawRoute(draw)
    const question = { ...drawQuestion(draw, route), random: randomOf(`req_${count}`) }
    const choice = choose(question)
    const text = record(`req_${count}`, question, choice)
    longest = Math.max(longest, text.length)
    const replay = replayDecision(readDecision(text) ?? {}, route)
    if (replay === undefined || replay.made !== replay.recorded)
      expect(replay?.made).toBe(replay?.recorded ?? text)
    for (const what of whatHappened(question, choice)) seen[what] += 1
  }
  expect(longest).toBeLessThanOrEqual(LIMITS.decisionBytes)
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(DECISIONS / 1_000)
}, 30_000)

function record(id: string, question: ChoiceQuestion, { filter, rank }: Choice): string {
  const exchange = sampleExchange({ id })
  exchange.trail.choice = question
  exchange.trail.route = question.route.name
  for (const step of [filter, rank]) if (step !== undefined) exchange.trail.decide(step)
  return writeDecision(exchange) ?? ''
}

function whatHappened({ rests: { told }, load }: ChoiceQuestion, { filter, rank }: Choice) {
  const happened = {
    filtered: filter !== undefined,
    resting: told.targets !== undefined,
    limited: told.credentials !== undefined,
    loaded: load.told !== undefined,
    barred: filter?.targets.some(({ reason }) => reason === 'key-forbids') === true,
    outside: filter?.targets.some(({ reason }) => reason === 'outside-only') === true,
    late: filter?.targets.some(({ reason }) => reason === 'above-max-ttft') === true,
    poor: filter?.targets.some(({ reason }) => reason === 'below-min-quality') === true,
    preferred: rank?.reason === PREFERRED,
    empty: rank === undefined,
  }
  return (Object.keys(happened) as (keyof typeof happened)[]).filter((what) => happened[what])
}

function drawRoute(draw: Draw): Route {
  const targets = Array.from({ length: 1 + draw.below(draw.chance(0.1) ? MOST_TARGETS : 5) }, (_, index) =>
    drawTarget(draw, index),
  )
  const split = draw.below(targets.length + 1)
  return sampleRoute([], {
    name: draw.one(['smart', 'support-bot', 'm'.repeat(300)]),
    ranking: draw.one(STRATEGIES).standard,
    targets: targets.slice(0, split).map((target) => ({ target, weight: draw.below(4) })),
    fallback: targets.slice(split).map((target) => ({ target, weight: 1 })),
    unpriced: draw.one(['allow', 'without-budget', 'deny']),
    mixesModels: draw.chance(0.5),
  })
}

function drawTarget(draw: Draw, index: number): Target {
  const { price, credentials, ...rest } = sampleTarget(
    `provider-${draw.below(9)}/a-model-with-quite-a-long-name-${index}`,
    {
      spoken: [],
      capabilities: {
        ...draw.maybe(0.2, () => ({ tools: draw.chance(0.5) })),
        ...draw.maybe(0.2, () => ({ vision: draw.chance(0.5) })),
        ...draw.maybe(0.3, () => ({ contextTokens: 100 * 2 ** draw.below(12) })),
        ...draw.maybe(0.2, () => ({ operations: [draw.one(MODEL_OPERATIONS)] })),
      },
    },
  )
  return {
    ...rest,
    credentials: draw.chance(0.05) ? [] : credentials,
    ...(draw.chance(0.9) && price !== undefined ? { price } : {}),
  }
}

function drawQuestion(draw: Draw, route: Route): Omit<ChoiceQuestion, 'random'> {
  const clock = createManualClock()
  const health = createHealthBoard({ clock, random: createSeededRandom(draw.below(1_000)) })
  const entries = [...route.targets, ...route.fallback]
  const ill = draw.one([0, 0, 0, 0.3, 1])
  for (const { target } of ill === 0 ? [] : entries) {
    clock.advance(0.1)
    const [credential] = target.credentials
    if (credential === undefined || !draw.chance(ill)) continue
    if (draw.chance(0.5)) breakDown(health, target.id)
    else
      fail(
        health,
        sampleSubject({ target: target.id, credential: credential.id }),
        draw.one(LIMITS_OF_PROVIDERS),
      )
  }
  const keyShare = draw.one([0, 0, 0.1, 1])
  const barred = new Set(entries.flatMap(({ target }) => (draw.chance(keyShare) ? [target.id] : [])))
  const affinity = draw.maybe(0.3, () => drawAffinity(draw, entries))
  return {
    route,
    features: {
      ...NO_FEATURES,
      tools: draw.chance(0.2),
      vision: draw.chance(0.1),
      inputTokens: draw.below(9_000),
      ...draw.maybe(0.3, () => ({ maxOutputTokens: draw.below(4_000) })),
    },
    operation: OPERATIONS[draw.one(MODEL_OPERATIONS)],
    rests: new Rests(health, 'ada'),
    load: new ConsultedLoads(drawLoads(draw)),
    isBudgeted: draw.chance(0.3),
    order: draw.maybe(0.2, () => new Map([[draw.one(entries).target.id, draw.below(3)]])),
    wishes: draw.maybe(0.1, () => ({
      maxTtftMs: draw.below(2_000),
      ...draw.maybe(0.2, () => ({ minQuality: 0.5 })),
    })),
    permits: barred.size === 0 ? undefined : (target) => !barred.has(target),
    only: draw.maybe(0.1, () => [
      {
        by: 'route sample',
        text: 'provider provider-1',
        allows: ({ provider }) => provider !== 'provider-1',
      },
      { by: 'key ci', text: 'models that are priced', allows: ({ price }) => price !== undefined },
    ]),
    affinity,
    ...draw.maybe(0.2, () => ({ shadowPrice: draw.below(10_000) / 100 })),
    ...draw.maybe(0.05, () => ({ service: { dialect: 'openai-chat', words: ['fast'] } })),
  }
}

/** Numbers as the board rounds them. */
function drawLoads(draw: Draw): LoadView {
  const isBusy = draw.chance(0.7)
  const loads = new Map<string, TargetLoad>()
  const drawLoad = (): TargetLoad => ({
    ...UNSEEN,
    inFlight: draw.below(9),
    ...draw.maybe(0.6, () => ({ firstTokenMs: draw.below(999), perTokenMs: draw.below(99) / 10 })),
    ...draw.maybe(0.5, () => ({ outputTokens: draw.below(999), cachedShare: draw.below(99) / 100 })),
    errorShare: draw.below(3) / 10,
    warmth: 1 - draw.below(3) / 10,
  })
  return {
    of(target) {
      if (!isBusy) return UNSEEN
      const load = loads.get(target) ?? drawLoad()
      loads.set(target, load)
      return load
    },
    firstTokenQuantileMs: () => (isBusy && draw.chance(0.5) ? 100 + draw.below(900) : undefined),
  }
}

function drawAffinity(draw: Draw, entries: readonly RouteTarget[]): Affinity {
  const warm = { target: draw.one(entries).target.id, tokens: draw.below(9_000) }
  const affinity = { by: draw.one(AFFINITY_KEYS), hash: draw.below(2 ** 32), bound: 2 }
  return draw.chance(0.5) ? affinity : { ...affinity, warm }
}

test('a record without inputs cannot be replayed', () => {
  const route = sampleRoute([sampleTarget('one/a')])
  expect(replayDecision({ v: 2, id: 'dec_1', steps: [] }, route)).toBeUndefined()
})
