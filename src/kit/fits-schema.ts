import { Validator, type SchemaDraft } from '@cfworker/json-schema'
import { isArray, isObject, readString, type Json, type JsonObject } from './json.ts'
import { LIMITS } from './limits.ts'

/** What a schema says of a value: that it fits, which keyword it breaks and where in the schema that stands, or nothing. */
export type Fit =
  | { readonly fits: 'yes' | 'unknown' }
  | { readonly fits: 'no'; readonly keyword: string; readonly at: string }

/** Judges values by one schema. */
export type FitsSchema = (value: Json) => Fit

const UNKNOWN: Fit = { fits: 'unknown' }
const YES: Fit = { fits: 'yes' }

/** By what a draft calls itself in `$schema`. */
const DRAFTS: readonly (readonly [mark: string, draft: SchemaDraft])[] = [
  ['draft-04', '4'],
  ['draft-06', '7'],
  ['draft-07', '7'],
  ['2019-09', '2019-09'],
]

/**
 * Keywords that are not looked at. Clients write schemas, and these would let one of them take the time of all: patterns are run by
 * an engine that may backtrack, formats are patterns, and that all items differ is found out by comparing each with each.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['pattern', 'patternProperties', 'format', 'uniqueItems'])
/** What would say more than was asked once something is left out inside of it. */
const UNSAFE_WHEN_LOOSE: ReadonlySet<string> = new Set([
  'not',
  'if',
  'then',
  'else',
  'maxContains',
  'unevaluatedProperties',
  'unevaluatedItems',
])
/** Whose members are schemas by names of their own. */
const MAPS: ReadonlySet<string> = new Set([
  'properties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
])
/** Whose values are no schemas. */
const DATA: ReadonlySet<string> = new Set([
  'const',
  'enum',
  'default',
  'examples',
  'required',
  'dependentRequired',
  'type',
])

/** Thrown when a schema takes too long. */
class TooInvolved extends Error {}

/**
 * Takes a schema as it was written. It never rejects what fits; what it leaves out, and schemas that cannot be read, that lead
 * elsewhere or that would take too long make it say less.
 */
export function createFitsSchema(schema: JsonObject): FitsSchema {
  const budget = { steps: 0 }
  let validator: Validator
  try {
    const copy = new Copy(hasLeftOut(schema), budget).ofSchema(schema, 0)
    validator = new Validator(copy, draftOf(schema))
  } catch {
    return () => UNKNOWN
  }
  return (value) => {
    budget.steps = LIMITS.schemaSteps
    try {
      const { valid, errors } = validator.validate(value)
      if (valid) return YES
      // The last is the innermost: what is wrong, and not what is wrong around it.
      const error = errors.at(-1)
      return { fits: 'no', keyword: error?.keyword ?? 'schema', at: error?.keywordLocation ?? '#' }
    } catch {
      return UNKNOWN
    }
  }
}

function draftOf(schema: JsonObject): SchemaDraft {
  const name = readString(schema, '$schema') ?? ''
  return DRAFTS.find(([mark]) => name.includes(mark))?.[1] ?? '2020-12'
}

/** Is something left out, anywhere? Names that only look like it make the schema say less, and nothing wrong. */
function hasLeftOut(schema: Json | undefined): boolean {
  if (isArray(schema)) return schema.some(hasLeftOut)
  if (!isObject(schema)) return false
  return Object.keys(schema).some((key) => LEFT_OUT.has(key) || hasLeftOut(schema[key]))
}

/** Copies a schema with what can be judged in it, and has each look at a part of it counted. */
class Copy {
  readonly #isLoose: boolean
  readonly #budget: { steps: number }

  constructor(isLoose: boolean, budget: { steps: number }) {
    this.#isLoose = isLoose
    this.#budget = budget
  }

  ofSchema(schema: Json | undefined, depth: number): object | boolean {
    if (depth > LIMITS.jsonDepth) throw new TooInvolved()
    if (schema === false) return this.#counted({ not: {} }, 1)
    if (!isObject(schema)) return true
    const copy: Record<string, unknown> = {}
    let weight = 1
    for (const [key, value] of Object.entries(schema)) {
      weight += weigh(key, value)
      if (LEFT_OUT.has(key) || (this.#isLoose && UNSAFE_WHEN_LOOSE.has(key))) continue
      // Which keys a pattern would have allowed is not known.
      if (key === 'additionalProperties' && schema['patternProperties'] !== undefined) continue
      define(copy, this.#isLoose && key === 'oneOf' ? 'anyOf' : key, this.#ofMember(key, value, depth + 1))
    }
    return this.#counted(copy, weight)
  }

  #ofMember(key: string, value: Json | undefined, depth: number): unknown {
    if (DATA.has(key)) return value
    if (MAPS.has(key) && isObject(value)) {
      const copy: Record<string, unknown> = {}
      for (const [name, part] of Object.entries(value)) {
        define(copy, name, isArray(part) ? part : this.ofSchema(part, depth))
      }
      return copy
    }
    if (isArray(value)) return value.map((part) => this.ofSchema(part, depth))
    return isObject(value) || typeof value === 'boolean' ? this.#ofNested(key, value, depth) : value
  }

  #ofNested(key: string, value: JsonObject | boolean, depth: number): unknown {
    // `uniqueItems` and the like; schemas that are true or false stand under these alone.
    const isFlag = typeof value === 'boolean' && !MAY_BE_BOOLEAN.has(key)
    return isFlag ? value : this.ofSchema(value, depth)
  }

  /** The library reads all keywords of a schema, whether it has them or not, whenever it looks at it. */
  #counted(copy: Record<string, unknown>, weight: number): object {
    const budget = this.#budget
    Object.defineProperty(copy, 'format', {
      enumerable: false,
      get() {
        budget.steps -= weight
        if (budget.steps < 0) throw new TooInvolved()
        return undefined
      },
    })
    return copy
  }
}

/** How much there is to look at, in looks. Values to compare with are told in full by each that differs from them. */
function weigh(key: string, value: Json | undefined): number {
  if (key === 'enum' || key === 'const') return Math.ceil(JSON.stringify(value).length / 64)
  if (isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : 0
}

const MAY_BE_BOOLEAN: ReadonlySet<string> = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'additionalItems',
  'unevaluatedItems',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
])

/** `__proto__` is a name like any other. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}
