import type { Exchange } from '../../exchange/exchange.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { totalInput } from '../../exchange/usage.ts'
import type { EndListener } from '../../exchange/watcher.ts'
import type { Clock } from '../../kit/clock.ts'
import type { PromptPrefixes, PromptSource } from '../../routing/prompt-prefixes.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Admission } from '../policy.ts'

/** What watching prompts takes. */
export interface WatchPromptsParts {
  readonly prompts: PromptPrefixes
  readonly clock: Clock
  readonly telemetry: Telemetry
}

const PER_CENT = 100

/**
 * Creates the admission that finds out whose system prompts change from call to call, so that no provider can cache them. It looks at
 * few requests, when they are over, and says once whom it concerns.
 */
export function createWatchPrompts(parts: WatchPromptsParts): Admission {
  return (exchange) => {
    const { request, route, caller, asked, trail } = exchange
    const { systemPrompt } = operationOf(request)
    if (route === undefined || asked !== undefined || systemPrompt === undefined) return exchange
    const source = { key: caller.keyName, route: route.name }
    if (parts.prompts.isDue(source)) trail.onEnd(new Look(parts, exchange, source))
    return exchange
  }
}

class Look implements EndListener {
  readonly #parts: WatchPromptsParts
  readonly #exchange: Exchange
  readonly #source: PromptSource

  constructor(parts: WatchPromptsParts, exchange: Exchange, source: PromptSource) {
    this.#parts = parts
    this.#exchange = exchange
    this.#source = source
  }

  onEnd(): void {
    // The client gets its last piece first.
    this.#parts.clock.afterTurn(() => this.#look())
  }

  #look(): void {
    const { prompts, telemetry } = this.#parts
    const { request, trail } = this.#exchange
    const text = operationOf(request).systemPrompt?.(request) ?? ''
    let [inputTokens, cachedTokens] = [0, 0]
    for (const { usage } of trail.attempts) {
      if (usage === undefined) continue
      inputTokens += totalInput(usage)
      cachedTokens += usage.cacheReadTokens
    }
    if (text === '' || inputTokens === 0) return
    const found = prompts.look(this.#source, { text, inputTokens, cachedTokens })
    if (found === undefined) return
    const { key, route, fromByte, cachedShare } = found
    telemetry.log('warn', 'the system prompt changes with every call, so that no provider can cache it', {
      key,
      route,
      atByte: fromByte,
      cached: `${(cachedShare * PER_CENT).toFixed(0)} %`,
    })
  }
}
