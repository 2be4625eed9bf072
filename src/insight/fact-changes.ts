import type { Condition, FactValue } from '../exchange/condition.ts'
import { FACTS } from '../exchange/facts.ts'
import type { Constant } from '../kit/expression-reading.ts'
import { isArray } from '../kit/json.ts'
import { doublings, type Change } from './change.ts'
import type { Imagined } from './decide-again.ts'
import { withFact } from './vary.ts'

/** Facts that nobody changes by asking otherwise: who asks is somebody else then, and budgets have changes of their own. */
const FIXED = /^(?:key\.|budget\.|request\.(?:model|operation|purpose)$)/

/** Facts that matter to the targets as well, whether or not a condition asks for them. */
const NEEDS = [
  'request.has_tools',
  'request.has_images',
  'request.has_documents',
  'request.has_audio',
  'request.has_schema',
]

/** What could be otherwise of what a request says: what its targets must be able to do, and whatever conditions ask for. */
export function factChanges(imagined: Imagined, conditions: readonly Condition[]): readonly Change[] {
  const asked = conditions.flatMap(({ facts }) => facts).filter((name) => !FIXED.test(name))
  return [...new Set([...NEEDS, ...asked])].flatMap((name) => {
    const constants = [...new Set(conditions.flatMap((one) => one.constants.get(name) ?? []))]
    return changesOf(name, imagined.facts.read(name), constants)
  })
}

function changesOf(
  name: string,
  value: FactValue | undefined,
  constants: readonly Constant[],
): readonly Change[] {
  const texts = constants.map(String)
  switch (FACTS.find((fact) => fact.name === name)?.type) {
    case 'bool':
      return [toChange(name, value !== true)]
    case 'int':
      return numbersBeside(constants, 1)
        .filter((one) => one !== value)
        .map((one) => numberChange(name, Number(value ?? 0), one))
    case 'double':
      return numbersBeside(constants, HUNDREDTH).map((one) => numberChange(name, Number(value ?? 0), one))
    case 'list<string>':
      return texts.map((one) => memberChange(name, listOf(value), one))
    case 'map<string, string>':
      return texts.flatMap((key) => texts.map((one) => entryChange(name, value, [key, one])))
    case 'string':
      return [...texts, ''].filter((one) => one !== value).map((one) => toChange(name, one))
    // A member of a fact that is read by its members, such as a header.
    case undefined:
      return [...texts, undefined].filter((one) => one !== value).map((one) => toChange(name, one))
  }
}

/** Shares are compared as finely as that. */
const HUNDREDTH = 0.01

function numbersBeside(constants: readonly Constant[], by: number): readonly number[] {
  const beside = constants.map(Number).flatMap((one) => [one - by, one, one + by])
  return [...new Set(beside)].filter((one) => one >= 0)
}

function listOf(value: FactValue | undefined): readonly string[] {
  return typeof value === 'object' && isArray(value) ? value.map(String) : []
}

function toChange(name: string, value: FactValue | undefined): Change {
  return {
    text: tell(name, value),
    about: name,
    distance: 1,
    apply: (imagined) => withFact(imagined, name, value),
  }
}

/** A number that is more or less than it is. */
export function numberChange(name: string, from: number, to: number): Change {
  return {
    ...toChange(name, to),
    about: `${name} ${to > from ? 'more' : 'less'}`,
    distance: doublings(from, to),
  }
}

/** A member of a list more or less. */
function memberChange(name: string, list: readonly string[], member: string): Change {
  const has = list.includes(member)
  return {
    text: tellMember(name, member, !has),
    about: `${name} ${member}`,
    distance: 1,
    apply(imagined) {
      const others = listOf(imagined.facts.read(name)).filter((one) => one !== member)
      return withFact(imagined, name, has ? others : [...others, member])
    },
  }
}

function entryChange(
  name: string,
  value: FactValue | undefined,
  [key, text]: readonly [key: string, text: string],
): Change {
  const entries = typeof value === 'object' && !isArray(value) ? value : {}
  return {
    text: `its ${name.slice(name.indexOf('.') + 1)} had ${key}: ${text}`,
    about: `${name} ${key}`,
    distance: 1,
    apply: (imagined) => withFact(imagined, name, { ...entries, [key]: text }),
  }
}

const LISTS: Readonly<Record<string, string>> = { 'request.tags': 'tag', 'request.tools': 'tool' }

function tellMember(name: string, member: string, isIn: boolean): string {
  const word = LISTS[name]
  if (word !== undefined) return `it had ${isIn ? 'the' : 'no'} ${word} ${member}`
  return `${name} ${isIn ? 'held' : 'did not hold'} ${member}`
}

/** What it says, and what it says where it is not so. */
const FLAGS: Readonly<Record<string, readonly [is: string, isNot: string]>> = {
  'request.has_tools': ['it brought tools', 'it brought no tools'],
  'request.has_images': ['it showed images', 'it showed no images'],
  'request.has_documents': ['it brought documents', 'it brought no documents'],
  'request.has_audio': ['it brought recordings', 'it brought no recordings'],
  'request.has_schema': ['it wanted its answer by a schema', 'it wanted its answer by no schema'],
  'request.stream': ['it wanted a stream', 'it wanted no stream'],
  'request.reasoning': ['it asked for reasoning', 'it asked for no reasoning'],
}

const NUMBERS: Readonly<Record<string, (value: number) => string>> = {
  'request.input_tokens': (value) => `its input were ${value} tokens`,
  'request.max_output_tokens': (value) =>
    value === 0 ? 'it named no limit of its answer' : `it wanted at most ${value} tokens of answer`,
  'request.turns': (value) => `it had ${value} turns`,
  'now.hour': (value) => `it came at ${value} o'clock (UTC)`,
}

const HEADER = 'headers.'

/** Says that a fact is so, in words that read on from "if". */
function tell(name: string, value: FactValue | undefined): string {
  if (typeof value === 'boolean' && FLAGS[name] !== undefined) return FLAGS[name][value ? 0 : 1]
  if (typeof value === 'number' && NUMBERS[name] !== undefined) return NUMBERS[name](value)
  const shown = JSON.stringify(value)
  if (!name.startsWith(HEADER)) return value === '' ? `it had no ${name}` : `${name} were ${shown}`
  const header = name.slice(HEADER.length)
  return value === undefined ? `it had no header ${header}` : `its header ${header} were ${shown}`
}
