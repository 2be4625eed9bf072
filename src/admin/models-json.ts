import { z } from 'zod'
import { OPERATION_NAMES, type Operation } from '../exchange/operations/all.ts'
import type { Capabilities, Target } from '../exchange/target.ts'
import type { ReachableModel } from '../insight/reachable-models.ts'
import type { Figures } from '../insight/route-figures.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import type { HealthEntry } from '../routing/health.ts'
import { moneySchema } from './admin-route.ts'
import { restAnswer, toRestJson } from './loads.ts'
import { priceAnswer, toPriceJson } from './price-json.ts'
import { toMoneyJson } from './to-json.ts'

/** What a model may be able to do, by the words of filters. */
export const ABILITIES = {
  tools: ({ tools }) => tools,
  vision: ({ vision }) => vision,
  documents: ({ documents }) => documents,
  'audio-input': ({ audioInput }) => audioInput,
  'audio-output': ({ audioOutput }) => audioOutput,
  'structured-output': ({ jsonSchema }) => jsonSchema,
  reasoning: ({ reasoning }) => (reasoning === undefined ? undefined : reasoning !== 'none'),
  prefill: ({ prefill }) => prefill,
} as const satisfies Readonly<Record<string, (facts: Capabilities) => boolean | undefined>>

export type Ability = keyof typeof ABILITIES

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the names of members
export const ABILITY_NAMES = Object.keys(ABILITIES) as readonly Ability[]

const latelyAnswer = z.object({
  requests: z.int().describe('Requests of clients that it answered, or was the last to fail.'),
  calls: z.int(),
  failed: z.int().describe('Calls that did not end well.'),
  cost: moneySchema.describe('Real money, reported and estimated.'),
  estimated: z.boolean().describe('Some of it is an estimate.'),
  simulated: moneySchema,
  duration_p50_ms: z.number().optional().describe('Absent: nothing is known.'),
  duration_p95_ms: z.number().optional(),
})

/** What `toModelJson` gives. */
export const modelAnswer = z.object({
  name: z.string().describe('`provider/model`, by which it can always be asked for.'),
  provider: z.string(),
  model: z.string().describe("The provider's name of it."),
  region: z.string().optional(),
  simulated: z.boolean(),
  names: z
    .array(z.object({ name: z.string(), as: z.string() }))
    .describe('Routes and aliases that lead to it, and what it is there: `target`, `fallback`, `arm b`, …'),
  named: z.boolean().describe('The configuration names it; otherwise lists do, or a request has.'),
  operations: z
    .array(z.enum(OPERATION_NAMES))
    .optional()
    .describe('What it can be asked for; absent: nothing is ruled out.'),
  dialects: z.array(z.string()).describe('What is spoken there, best first.'),
  context_tokens: z.int().optional().describe('What question and answer share.'),
  max_input_tokens: z.int().optional(),
  max_output_tokens: z.int().optional(),
  can: z.array(z.enum(ABILITY_NAMES)).describe('What it is known to be able to do.'),
  cannot: z.array(z.enum(ABILITY_NAMES)).describe('What it is known not to do. Of the rest nobody knows.'),
  price: priceAnswer.nullable().describe('Null: unpriced, which is not free.'),
  retires_on: z.string().optional().describe('The day on which its provider retires it.'),
  retires_at_earliest: z
    .boolean()
    .optional()
    .describe('True where that day is the earliest, and none is announced.'),
  successor: z.string().optional().describe('What its provider recommends in its place.'),
  state: z.enum(['well', 'resting']).describe('`resting`: some of it rests, for somebody.'),
  rests: z.array(restAnswer),
  quiet_ms: z.number().optional().describe('Since it last answered; absent: it has not, in this process.'),
  lately: latelyAnswer,
})

/** What is known of a model beside what the plan says. */
export interface ModelNews {
  readonly isNamed: boolean
  readonly rests: readonly HealthEntry[]
  readonly quietMs: number | undefined
  readonly figures: Figures
}

/** A model as lists and its page tell it. */
export function toModelJson({ target, names }: ReachableModel, news: ModelNews): JsonObject {
  const { id, provider, model, region, simulated, spoken, price } = target
  return {
    name: id,
    provider,
    model,
    simulated,
    names: names.map(({ name, as }) => ({ name, as })),
    named: news.isNamed,
    dialects: [...new Set(spoken.map(({ dialect }) => dialect))],
    ...factsOf(target),
    price: price === undefined ? null : toPriceJson(price),
    state: news.rests.length === 0 ? 'well' : 'resting',
    rests: news.rests.map(toRestJson),
    ...defined({ region, quiet_ms: news.quietMs }),
    lately: toLatelyJson(news.figures),
  }
}

/** The abilities that a model is known to have, or known not to have. */
export function abilitiesOf({ capabilities }: Target, has: boolean): readonly Ability[] {
  return ABILITY_NAMES.filter((ability) => ABILITIES[ability](capabilities) === has)
}

/** Can it be asked for an operation, as far as anybody knows? */
export function serves({ capabilities: { operations } }: Target, operation: Operation): boolean {
  return operations?.includes(operation) ?? true
}

function factsOf(target: Target): JsonObject {
  const { capabilities: facts } = target
  return {
    can: [...abilitiesOf(target, true)],
    cannot: [...abilitiesOf(target, false)],
    ...defined({
      operations: facts.operations && [...facts.operations],
      context_tokens: facts.contextTokens,
      max_input_tokens: facts.maxInputTokens,
      max_output_tokens: facts.maxOutputTokens,
      retires_on: facts.retiresOn,
      retires_at_earliest: facts.retiresAtEarliest,
      successor: facts.successor,
    }),
  }
}

function toLatelyJson(figures: Figures): JsonObject {
  const { requests, attempts, failedAttempts, costNanoUsd, simulatedNanoUsd } = figures
  return {
    requests,
    calls: attempts,
    failed: failedAttempts,
    cost: toMoneyJson(costNanoUsd),
    estimated: figures.isEstimated,
    simulated: toMoneyJson(simulatedNanoUsd),
    ...defined({ duration_p50_ms: figures.p50Ms, duration_p95_ms: figures.p95Ms }),
  }
}
