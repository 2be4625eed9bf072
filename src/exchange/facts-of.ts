import type { FactValue, KnownFacts } from './condition.ts'
import type { Exchange } from './exchange.ts'
import { conversationOf, FACTS, type Fact, type FactSource } from './facts.ts'
import { textFeaturesOf, type TextFeatures } from './text-features.ts'

const BY_NAME: ReadonlyMap<string, Fact> = new Map(FACTS.map((fact) => [fact.name, fact]))
const BY_MEMBER = FACTS.filter(({ byMember }) => byMember === true)

/** Gives the facts of one request. Each is worked out when it is first asked for. */
export function factsOf(exchange: Exchange): KnownFacts & FactSource {
  return new ExchangeFacts(exchange)
}

class ExchangeFacts implements KnownFacts, FactSource {
  readonly exchange: Exchange
  #known: Map<string, FactValue | undefined> | undefined
  #lastText: TextFeatures | undefined
  #systemText: TextFeatures | undefined

  constructor(exchange: Exchange) {
    this.exchange = exchange
  }

  readonly read = (name: string): FactValue | undefined => {
    this.#known ??= new Map()
    if (this.#known.has(name)) return this.#known.get(name)
    const value = readFact(name, this)
    this.#known.set(name, value)
    return value
  }

  get known(): ReadonlyMap<string, FactValue | undefined> {
    return (this.#known ??= new Map())
  }

  get lastText(): TextFeatures {
    return (this.#lastText ??= textFeaturesOf(lastUserTurn(this.exchange)))
  }

  get systemText(): TextFeatures {
    const turns = conversationOf(this.exchange)?.turns ?? []
    return (this.#systemText ??= textFeaturesOf(turns.filter(({ role }) => role === 'system')))
  }
}

function lastUserTurn(exchange: Exchange) {
  const last = conversationOf(exchange)?.turns.findLast(({ role }) => role === 'user')
  return last === undefined ? [] : [last]
}

function readFact(name: string, source: FactSource): FactValue | undefined {
  const fact = BY_NAME.get(name)
  if (fact !== undefined) return fact.read(source, '')
  const whole = BY_MEMBER.find((one) => name.startsWith(`${one.name}.`))
  return whole?.read(source, name.slice(whole.name.length + 1))
}
