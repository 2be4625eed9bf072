import type { CounterExample, Finding } from '../insight/prove.ts'
import type { JsonObject } from '../kit/json.ts'

/** What became of a proof, in one line. */
export function tellFinding(finding: Finding): string {
  const { proof, verdict } = finding
  if (verdict === 'holds') return `${proof}: holds`
  if (verdict === 'undecided') return `${proof}: cannot be decided. ${finding.because}`
  return `${proof}: fails. ${tellCounterExample(finding.counterExample)}`
}

function tellCounterExample({ model, key, facts, step, via, target, because }: CounterExample): string {
  const said = Object.entries(facts).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
  const by = key === '' ? '' : ` by ${key}`
  const where = said.length === 0 ? '' : ` with ${said.join(', ')}`
  const way = [step === undefined ? [] : `step ${step}`, via ?? []].flat()
  const taken = way.length === 0 ? '' : ` takes ${way.join(', ')} and`
  const outcome = target === undefined ? `: ${because}` : `${taken} may reach ${target}: ${because}`
  return `A request for ${model}${by}${where}${outcome}.`
}

/** The same for machines. */
export function toJson(finding: Finding): JsonObject {
  if (finding.verdict !== 'fails') return { ...finding }
  return { ...finding, counterExample: { ...finding.counterExample } }
}
