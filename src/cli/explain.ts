import { NO_LOADS } from '../exchange/load-view.ts'
import { NO_RESTS } from '../exchange/rest-view.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import { MODEL_OPERATIONS, operationOf } from '../exchange/operations/all.ts'
import { routeNamed } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { Choice, ChoiceQuestion } from '../routing/choice.ts'
import { createChooser } from '../routing/choose.ts'
import { NO_FEATURES } from '../exchange/features.ts'
import { STRATEGIES } from '../routing/strategies/all.ts'
import type { Capabilities } from '../exchange/target.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { explainPast } from './explain-past.ts'
import { imaginedStep } from './imagined-step.ts'
import { usablePlan } from './offline-plan.ts'
import { tellDivision } from './tell-division.ts'
import { tellPrice } from './tell-price.ts'

const USUAL_TOKENS = 1_000

/** Why a request went where it went, or where one would go. */
export const explainCommand: Command = {
  name: 'explain',
  usage: 'MODEL | REQUEST-ID | DECISION-ID',
  summary: 'Why a target was chosen, or which one would be; nothing is called.',
  examples: [
    'gatehouse explain auto',
    'gatehouse explain smart --tools --tokens 9000',
    'gatehouse explain req_01J…',
  ],
  flags: {
    tokens: {
      kind: 'number',
      value: 'N',
      help: `Input tokens of the imagined request; default: ${USUAL_TOKENS}.`,
    },
    operation: { kind: 'text', value: 'NAME', help: `What it asks for: ${MODEL_OPERATIONS.join(', ')}.` },
    tools: { kind: 'switch', help: 'It brings tools.' },
    'max-output': { kind: 'number', value: 'N', help: 'Most output tokens that it asks for.' },
    vision: { kind: 'switch', help: 'It brings images.' },
    documents: { kind: 'switch', help: 'It brings documents.' },
    audio: { kind: 'switch', help: 'It brings audio.' },
    'json-schema': { kind: 'switch', help: 'It asks for output by a JSON Schema.' },
    replay: {
      kind: 'switch',
      help: 'Of a request in the log: make its choice again from what was recorded, and say whether it is the same.',
    },
    budget: { kind: 'switch', help: 'Its key has a budget, which models without a price would pass by.' },
  },
  positionals: 1,
  async run(call) {
    const [subject] = call.arguments.positionals
    if (subject === undefined)
      throw new UsageError('Explain what? gatehouse explain MODEL, or the id of a request.')
    return /^(req|dec)_/.test(subject) ? explainPast(subject, call) : explainModel(subject, call)
  },
}

async function explainModel(model: string, call: CommandCall): Promise<number> {
  const { output } = call
  const plan = await usablePlan(call)
  const found = routeNamed(plan, model)
  if (found === undefined) {
    const nearest = nearestNames(
      model,
      plan.models.map(({ id }) => id),
    )
    const hint = nearest.length === 0 ? '' : ` Did you mean ${nearest.join(', ')}?`
    throw new CommandError(EXIT.notFound, `There is no model or route ${model}.${hint}`)
  }
  const imagined = imagine(found, call)
  const { route, line: step } = imaginedStep(found, { ...imagined, model })
  const candidates = describeChoice(createChooser()({ ...imagined, route }), route)
  if (output.json) {
    output.value({
      model,
      route: route.name,
      ...defined({ step: route.step }),
      strategy: route.ranking.strategy,
      attempts: route.maxAttempts,
      candidates,
    })
    return EXIT.ok
  }
  const { strategy } = route.ranking
  const way = STRATEGIES.find(({ name }) => name === strategy)?.summary ?? ''
  output.line(
    `${model}: route ${route.name}, strategy ${strategy} (${way}), at most ${route.maxAttempts} attempts`,
  )
  if (step !== undefined) output.line(step)
  for (const line of await tellDivision(route, call)) output.line(line)
  output.line()
  output.table(
    ['STEP', 'TARGET', 'REASON', 'SPEAKS', 'KNOWN', 'PRICE PER MILLION'],
    candidates.map(({ step, target, reason, detail, speaks, facts, price }) => [
      step,
      target,
      detail === '' ? reason : `${reason} (${detail})`,
      speaks.join(' '),
      tellFacts(facts),
      price,
    ]),
  )
  return EXIT.ok
}

/** A request with the asked-for needs, put to the same choice that live requests take. */
function imagine(route: Route, { arguments: given, random }: CommandCall): ChoiceQuestion {
  return {
    route,
    features: {
      ...NO_FEATURES,
      tools: given.has('tools'),
      vision: given.has('vision'),
      documents: given.has('documents'),
      audio: given.has('audio'),
      jsonSchema: given.has('json-schema'),
      inputTokens: given.number('tokens') ?? USUAL_TOKENS,
      maxOutputTokens: given.number('max-output') ?? 0,
    },
    operation: operationNamed(given.text('operation')),
    rests: NO_RESTS,
    load: NO_LOADS,
    isBudgeted: given.has('budget'),
    random,
  }
}

/** The first of all operations where none is named. */
function operationNamed(name?: string): ChoiceQuestion['operation'] {
  const operation = MODEL_OPERATIONS.find((known) => name === undefined || known === name)
  if (operation !== undefined) return operationOf({ operation })
  throw new UsageError(`There is no operation ${name}; there are ${MODEL_OPERATIONS.join(', ')}.`)
}

/** The targets in the order in which they would be asked, then those that would not be. */
function describeChoice({ filter, rank }: Choice, route: Route) {
  const ranked = (rank?.targets ?? []).map(({ target, detail = '' }, index) => {
    return { step: 'rank', target, reason: index === 0 ? (rank?.reason ?? '') : '', detail }
  })
  const isRanked = new Set(ranked.map(({ target }) => target))
  const filtered = (filter?.targets ?? [])
    .filter(({ target }) => !isRanked.has(target))
    .map(({ target, reason, detail = '' }) => ({ step: 'filter', target, reason, detail }))
  return [...ranked, ...filtered].map((candidate) => ({
    ...candidate,
    ...describeTarget(candidate.target, route),
  }))
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

function describeTarget(id: string, route: Route) {
  const found = entriesOf(route).find(({ target }) => target.id === id)
  const { price, capabilities: facts = {} } = found?.target ?? {}
  return {
    speaks: (found?.target.spoken ?? []).map(({ dialect }) => dialect),
    facts: { ...facts },
    price: tellPrice(price),
  }
}
