import type { FactValue, FactValues } from './condition.ts'
import { FACTS, type Fact } from './facts.ts'

/** What a fact is that nobody names: empty, as it is for requests. */
const EMPTY: { readonly [T in Fact['type']]: FactValue } = {
  bool: false,
  int: 0,
  double: 0,
  string: '',
  'list<string>': [],
  'map<string, string>': {},
}

/** The facts of a request that nobody made: those that are named, and of the others that they are empty. */
export function imaginedFacts(named: ReadonlyMap<string, FactValue>): FactValues {
  return {
    read(name) {
      const fact = FACTS.find((one) => one.name === name)
      return named.get(name) ?? (fact === undefined ? undefined : EMPTY[fact.type])
    },
  }
}
