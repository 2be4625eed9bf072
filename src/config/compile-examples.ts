import type { Condition, FactValue, FactValues } from '../exchange/condition.ts'
import { FACTS, type Fact } from '../exchange/facts.ts'
import { imaginedFacts } from '../exchange/imagined-facts.ts'
import type { RouteStep } from '../exchange/route.ts'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { PathStep, ProblemDraft } from './problems.ts'

/** An example of a request, as the file has it, and the step that takes it. */
export interface ExampleConfig {
  readonly step: string
  readonly facts: JsonObject
}

/** Examples that are wrong, or that another step takes than the one that they name. */
export function exampleProblems(
  examples: readonly ExampleConfig[],
  steps: readonly RouteStep[],
  path: readonly PathStep[],
): ProblemDraft[] {
  return examples.flatMap(({ step, facts }, index) => {
    const at = [...path, 'examples', index]
    const names = steps.map(({ name }) => name)
    if (!names.includes(step)) {
      const [nearest] = nearestNames(step, names, 1)
      const hint = nearest === undefined ? `There are ${names.join(', ')}.` : `Did you mean "${nearest}"?`
      return [{ path: [...at, 'step'], message: `there is no step ${step}`, hint }]
    }
    const values = new Map<string, FactValue>()
    const problems = readFacts(facts, [], { values, path: [...at, 'facts'] })
    return problems.length > 0 ? problems : wrongStep(step, steps, { values, path: at })
  })
}

interface Reading {
  readonly values: Map<string, FactValue>
  readonly path: readonly PathStep[]
}

/** Takes facts from maps within maps: `request: { tags: [eu] }`. */
function readFacts(written: JsonObject, above: readonly string[], { values, path }: Reading): ProblemDraft[] {
  return Object.entries(written).flatMap(([key, value]) => {
    const names = [...above, key]
    const name = names.join('.')
    const at = [...path, ...names]
    const fact = FACTS.find(
      (one) => one.name === name || (one.byMember === true && name.startsWith(`${one.name}.`)),
    )
    if (fact === undefined || (fact.byMember === true && fact.name === name))
      return isObject(value) ? readFacts(value, names, { values, path }) : [unknownFact(name, at)]
    const read = readFact(fact, value)
    if (read === undefined) return [{ path: at, message: `${name} is of the type ${fact.type}` }]
    values.set(name, read)
    return []
  })
}

function unknownFact(name: string, path: readonly PathStep[]): ProblemDraft {
  const [nearest] = nearestNames(
    name,
    FACTS.map((fact) => fact.name),
    1,
  )
  const hint = nearest === undefined ? 'docs/conditions.md lists all facts.' : `Did you mean "${nearest}"?`
  return { path, message: `there is no fact ${name}`, hint }
}

function readFact({ type, byMember = false }: Fact, value: Json | undefined): FactValue | undefined {
  if (byMember) return typeof value === 'string' ? value : undefined
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'int':
      return Number.isInteger(value) ? Number(value) : undefined
    case 'double':
      return typeof value === 'number' ? value : undefined
    case 'list<string>':
      return isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined
    case 'map<string, string>':
      return isTexts(value) ? value : undefined
  }
}

function isTexts(value: Json | undefined): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string')
}

function wrongStep(wanted: string, steps: readonly RouteStep[], { values, path }: Reading): ProblemDraft[] {
  const facts = imaginedFacts(values)
  const taken = steps.find(({ when }) => when === undefined || when.holds(facts) === true)
  if (taken === undefined || taken.name === wanted) return []
  const meant = steps.find(({ name }) => name === wanted)?.when
  const [about] = [taken.when, meant].filter((when) => when !== undefined)
  const message = `the step ${taken.name} takes this request, not ${wanted}`
  return [{ path, message, hint: about === undefined ? '' : tell(taken, about, facts) }]
}

function tell({ name, when }: RouteStep, about: Condition, facts: FactValues): string {
  const read = about.facts
    .map((fact) => `${fact} is ${JSON.stringify(facts.read(fact)) ?? 'absent'}`)
    .join(', ')
  return when === undefined
    ? `The condition ${about.source} does not hold: ${read}.`
    : `The condition of ${name} holds (${about.source}): ${read}.`
}
