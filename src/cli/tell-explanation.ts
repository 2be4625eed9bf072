import type { Capabilities } from '../exchange/target.ts'
import { isMadeUp } from '../insight/callers.ts'
import type { Explanation } from '../insight/explain.ts'
import { candidatesOf, type ToldCandidate } from '../insight/explanation-json.ts'
import { stepOf } from '../insight/flips.ts'
import type { Decided } from '../insight/decide-again.ts'
import type { Outage } from '../insight/outage.ts'
import { STRATEGIES } from '../routing/strategies/all.ts'
import type { Output } from './output.ts'

/** Steps of a route that are named one by one. */
const MOST_STEPS = 8

/**
 * Tells an explanation to a person.
 *
 * @param division how the requests of the route are divided, where they are
 */
export function tellExplanation(explanation: Explanation, division: readonly string[], output: Output): void {
  const { decided, flips, outage } = explanation
  const candidates = candidatesOf(decided)
  const { failure } = decided
  for (const line of [...tellHead(explanation), ...division, '']) output.line(line)
  if (failure !== undefined)
    output.line(`Nobody is asked: ${failure.status} ${failure.code}. ${failure.message}`)
  if (candidates.length > 0) {
    output.table(['PLACE', 'TARGET', 'COST ABOUT', 'REASON'], candidates.map(placeCells))
    output.line()
    output.table(['TARGET', 'SPEAKS', 'KNOWN', 'PRICE PER MILLION'], candidates.map(factCells))
  }
  const flipped = flips.map((flip) => `  if ${flip.change.text}: ${tellOutcome(flip.decided)}`)
  if (flipped.length > 0)
    for (const line of ['', 'Another choice would be made', ...flipped]) output.line(line)
  if (outage !== undefined) for (const line of ['', ...tellOutage(outage)]) output.line(line)
}

function tellHead({ decided, imagined, dialect }: Explanation): readonly string[] {
  const { request, features, caller } = imagined
  const read = dialect === '' ? '' : ` (${dialect})`
  const by = isMadeUp(caller) ? 'a key without restrictions' : `the key ${caller.keyName}`
  return [
    `${request.model}: ${tellRoute(decided)}`,
    `${request.operation}${read} with ${features.inputTokens} tokens of input, asked by ${by}`,
    ...tellSteps(decided),
  ]
}

function tellRoute({ route }: Decided): string {
  if (route === undefined) return 'no route is taken'
  const { strategy } = route.ranking
  const way = STRATEGIES.find(({ name }) => name === strategy)?.summary ?? ''
  return `route ${route.name}, strategy ${strategy} (${way}), at most ${route.maxAttempts} attempts`
}

/** How the route was taken: which step, which arm. */
function tellSteps({ steps }: Decided): readonly string[] {
  return steps.flatMap((step) => {
    if (step.step === 'alias') return [`${step.from} stands for the route ${step.to}`]
    if (step.step === 'match' && step.to !== undefined)
      return [`the route ${step.to} takes it, whatever name it asks for`]
    if (step.step === 'split') return [`arm ${step.arm}, by ${step.unit}`]
    if (step.step !== 'condition') return []
    const { picked, unmet = [], failed = [], refused } = step
    return [
      [
        `step ${picked}`,
        ...(unmet.length === 0 ? [] : [`the conditions of ${named(unmet)} do not hold`]),
        ...(failed.length === 0
          ? []
          : [`those of ${named(failed)} cannot be said, for want of what they ask for`]),
        ...(refused === true ? ['it refuses'] : []),
      ].join('; '),
    ]
  })
}

function named(steps: readonly string[]): string {
  const more = steps.length - MOST_STEPS
  const first = steps.slice(0, MOST_STEPS).join(', ')
  return more > 0 ? `${first} and ${more} more` : first
}

function placeCells({ place, target, expected_cost_usd: cost, reason, detail }: ToldCandidate): string[] {
  const why = reason === '' || detail === '' ? reason + detail : `${reason} (${detail})`
  return [place === undefined ? '-' : String(place), target, cost === undefined ? '' : `$${cost}`, why]
}

function factCells({ target, speaks, facts, price }: ToldCandidate): string[] {
  return [target, speaks.join(' '), tellFacts(facts), price]
}

/** What is known of a model, in few words: its limits, what it does not take, and when it retires. */
function tellFacts(facts: Capabilities): string {
  const { maxInputTokens, contextTokens = maxInputTokens, maxOutputTokens } = facts
  const lacks = Object.entries({
    tools: facts.tools,
    images: facts.vision,
    documents: facts.documents,
    audio: facts.audioInput,
    schemas: facts.jsonSchema,
  }).flatMap(([what, isTaken]) => (isTaken === false ? [what] : []))
  const told = [
    contextTokens === undefined ? undefined : `context ${contextTokens}`,
    maxOutputTokens === undefined ? undefined : `answer ${maxOutputTokens}`,
    lacks.length === 0 ? undefined : `no ${lacks.join(', ')}`,
    tellEnd(facts),
  ]
  return told.filter((part) => part !== undefined).join('; ')
}

function tellEnd({ retiresOn, retiresAtEarliest, successor }: Capabilities): string | undefined {
  if (retiresOn === undefined) return undefined
  const day = retiresAtEarliest === true ? `not before ${retiresOn}` : retiresOn
  return `retires ${day}${successor === undefined ? '' : ` for ${successor}`}`
}

/** Who would be asked first and why, or why nobody is. */
function tellOutcome(decided: Decided): string {
  const { candidates, failure, steps } = decided
  const step = stepOf(decided)
  const by = step === undefined ? '' : `, step ${step}`
  const [first] = candidates
  if (first === undefined) return `nobody is asked${by} (${failure?.status} ${failure?.code})`
  const { reason = '' } = steps.findLast((one) => one.step === 'rank') ?? {}
  return `${first.target.id}${by} (${reason})`
}

function tellOutage({ provider, inVain, answers, afterwards, isAlone }: Outage): readonly string[] {
  const meanwhile =
    answers === undefined ? 'the request fails within the attempts that the route has' : `${answers} answers`
  const asked = inVain.length === 0 ? '' : `, after ${inVain.join(', ')} in vain`
  const then = isAlone ? 'nobody else is left, and one at it is tried all the same' : tellOutcome(afterwards)
  return [
    `If ${provider} went down now: ${meanwhile}${asked}`,
    `Once that is known, and everything there rests: ${then}`,
  ]
}
