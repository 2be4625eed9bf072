import { NO_FEATURES } from '../../src/exchange/features.ts'
import { NO_RESTS } from '../../src/exchange/rest-view.ts'
import type { Target } from '../../src/exchange/target.ts'
import { systemClock, type Clock } from '../../src/kit/clock.ts'
import { createSeededRandom } from '../../src/kit/random.ts'
import { LoadBoard } from '../../src/routing/loads.ts'
import { RoutePasts } from '../../src/routing/route-pasts.ts'
import { sampleRanking, sampleRoute, sampleTarget } from '../../src/routing/samples.fixture.ts'
import { Endpoint, normal, type EndpointScript } from './endpoint.ts'
import { EventQueue } from './event-queue.ts'

export interface Scenario {
  readonly endpoints: readonly EndpointScript[]
  readonly requests: number
  readonly perSecond: number
}

/** What came of it. */
export interface Balance {
  /** Of all requests, their failed attempts included. */
  readonly firstTokenMs: { readonly p50: number; readonly p99: number }
  /** Attempts that failed and were made again elsewhere. */
  readonly failed: number
  /** The share of the attempts that each endpoint got. */
  readonly shares: readonly number[]
}

const INPUT_TOKENS = 500

/** Plays a scenario: the strategy and the board of loads are the real ones, the endpoints and the time are not. */
export function balance(strategy: string, scenario: Scenario, seed: number): Balance {
  const queue = new EventQueue()
  const random = createSeededRandom(seed)
  const endpoints = scenario.endpoints.map((script) => new Endpoint(queue, random, script))
  const targets = endpoints.map((_, index) => sampleTarget(`p/${index}`))
  const pick = createPick(strategy, targets, { queue, seed })
  const waits: number[] = []
  let failed = 0
  const send = (sinceMs: number, tokens: number, spent: readonly number[]): void => {
    const { index, call } = pick(spent)
    endpoints[index]?.call(tokens, {
      begun() {
        call.begin()
        waits.push(queue.nowMs - sinceMs)
      },
      ended: () =>
        call.end(true, {
          proof: 'well',
          counts: { outputTokens: tokens, inputTokens: INPUT_TOKENS, cachedTokens: 0 },
        }),
      failed() {
        call.end(true, { proof: 'fault' })
        failed += 1
        send(sinceMs, tokens, [...spent, index])
      },
    })
  }
  let atMs = 0
  for (let request = 0; request < scenario.requests; request += 1) {
    atMs += (-Math.log(1 - random.next()) * 1_000) / scenario.perSecond
    const tokens = Math.ceil(120 * Math.exp(0.8 * normal(random)))
    queue.at(atMs, () => send(queue.nowMs, tokens, []))
  }
  queue.run()
  waits.sort((left, right) => left - right)
  const quantile = (share: number): number => waits[Math.floor(share * (waits.length - 1))] ?? 0
  const all = endpoints.reduce((sum, { served }) => sum + served, 0)
  return {
    firstTokenMs: { p50: quantile(0.5), p99: quantile(0.99) },
    failed,
    shares: endpoints.map(({ served }) => served / all),
  }
}

/** Lets a strategy choose among the endpoints that a request has not failed at. */
function createPick(
  strategy: string,
  targets: readonly Target[],
  { queue, seed }: { readonly queue: EventQueue; readonly seed: number },
) {
  const clock: Clock = { ...systemClock, nowMs: () => queue.nowMs, elapsedMs: () => queue.nowMs }
  const board = new LoadBoard(clock)
  const pasts = new RoutePasts()
  const route = sampleRoute(targets, { ranking: sampleRanking(strategy) })
  const random = createSeededRandom(seed + 1_000)
  const features = { ...NO_FEATURES, inputTokens: INPUT_TOKENS }
  return (spent: readonly number[]) => {
    const left = route.targets.filter((_, index) => !spent.includes(index))
    const load = pasts.on(route, board)
    const ranked = route.ranking.rank(left.length === 0 ? route.targets : left, {
      route,
      features,
      rests: NO_RESTS,
      load,
      random,
    })
    const [first] = ranked
    const [credential] = first?.target.credentials ?? []
    if (first === undefined || credential === undefined) throw new Error('there is somebody to ask')
    pasts.note(
      route,
      ranked.map(({ target }) => ({ target, lastResort: false })),
    )
    const call = board.begin({
      target: first.target.id,
      credential,
      route: route.name,
      inputTokens: INPUT_TOKENS,
    })
    return { index: targets.indexOf(first.target), call }
  }
}
