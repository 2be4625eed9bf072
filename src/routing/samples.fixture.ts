import type { ChatRequest } from '../exchange/chat.ts'
import type { Ranking, Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import { Secret } from '../kit/secret.ts'
import { STRATEGIES } from './strategies/all.ts'

/** For tests: a target with one credential at a provider named by the part before the slash. */
export function sampleTarget(id: string, changes: Partial<Target> = {}): Target {
  const [provider = id, model = id] = id.split('/')
  return {
    id,
    provider,
    model,
    spoken: [],
    credentials: [{ id: `${provider}/main`, secret: new Secret('secret'), weight: 1 }],
    timeouts: { connectMs: 3_000, firstByteMs: 30_000, idleMs: 60_000, silenceMs: 60_000, totalMs: 600_000 },
    capabilities: {},
    price: { id: 'sample', input: 1_000_000n, output: 2_000_000n, simulated: false },
    simulated: false,
    ...changes,
  }
}

/** For tests: a strategy with its defaults. */
export function sampleRanking(name: string): Ranking {
  const strategy = STRATEGIES.find((one) => one.name === name)
  if (strategy === undefined) throw new Error(`there is no strategy ${name}`)
  return strategy.standard
}

/** For tests: an ordered route over the targets. */
export function sampleRoute(targets: readonly Target[], changes: Partial<Route> = {}): Route {
  return {
    name: 'sample',
    ranking: sampleRanking('ordered'),
    targets: targets.map((target) => ({ target, weight: 1 })),
    fallback: [],
    maxAttempts: 3,
    retries: 1,
    deadlineMs: 900_000,
    alsoFailOver: [],
    strict: false,
    mixesModels: false,
    unpriced: 'allow',
    ...changes,
  }
}

/** For tests: a short conversation. */
export function sampleChat(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    operation: 'chat',
    model: 'sample',
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'How tall is the tower?' }] }],
    stream: true,
    wantsUsage: true,
    ...changes,
  }
}
