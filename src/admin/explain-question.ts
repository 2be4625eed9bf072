import { z } from 'zod'
import type { Budget } from '../exchange/account.ts'
import type { BudgetUse } from '../exchange/budget-use.ts'
import type { Caller } from '../exchange/caller.ts'
import type { RequestFeatures } from '../exchange/features.ts'
import { MODEL_OPERATIONS } from '../exchange/operations/all.ts'
import { OWN_PREFIX } from '../exchange/own-headers.ts'
import { entriesOf, type Route, type RouteTarget } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Inbound } from '../gateway/gateway.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { anyCaller } from '../insight/callers.ts'
import { explain, type Explanation } from '../insight/explain.ts'
import type { MadeUp, Surroundings } from '../insight/imagine.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import { nearestNames } from '../kit/nearest.ts'
import { createUpperBound } from '../pricing/remember-bound.ts'
import { readHeadOnly, readPasted } from '../server/read-pasted.ts'
import type { KeyStore } from '../store/store.ts'
import { findCaller } from './find-caller.ts'
import { AdminProblem } from './problem.ts'

const LONGEST_NAME = 200
const MOST_WORDS = 32

const name = z.string().min(1).max(LONGEST_NAME)
const tokens = z.int().min(0).max(1_000_000_000)

/** What is to be explained, as a client of the admin API writes it, and the command for its flags. */
export const explainSchema = z.strictObject({
  model: name
    .optional()
    .describe('The model or route that is asked, in the place of the one in the request.'),
  request: z
    .record(z.string(), z.json())
    .optional()
    .describe('The body of a request; absent: one about nothing.'),
  dialect: name.optional().describe('Its dialect; absent: the one that understands the most of it.'),
  operation: z
    .enum(MODEL_OPERATIONS, { error: `one of ${MODEL_OPERATIONS.join(', ')}` })
    .optional()
    .describe('What it asks for; absent: the first operation that its body can be a request for.'),
  key: name.optional().describe('Id or name of the key that asks; absent: one without restrictions.'),
  tags: z.array(name).max(MOST_WORDS).optional(),
  session: name.optional(),
  customer: name.optional(),
  region: name.optional(),
  headers: z.record(z.string(), z.string().max(2_000)).optional().describe('Headers of the client, by name.'),
  tokens: tokens.optional().describe('Tokens of its input; absent: as its body has them, or 1,000.'),
  max_output: tokens.optional().describe('The most tokens of answer that it asks for.'),
  tools: z.boolean().optional(),
  vision: z.boolean().optional(),
  documents: z.boolean().optional(),
  audio: z.boolean().optional(),
  json_schema: z.boolean().optional(),
  budget: z
    .boolean()
    .optional()
    .describe('Its key has a budget, which models without a price would pass by.'),
  outage: name.optional().describe('A provider, for what would happen if it went down now.'),
})

/** A question that was read. */
export type ExplainQuestion = z.output<typeof explainSchema>

/** What a question is answered with. */
export interface ExplainNeeds {
  readonly plan: Plan
  readonly dialects: readonly Dialect[]
  /** Absent where there is no store. */
  readonly keys?: KeyStore | undefined
  readonly clock: Clock
  /** How far the budgets of a caller are used. */
  readonly usesOf: (caller: Caller) => MaybePromise<readonly BudgetUse[]>
  /** How everybody does at the moment, for whoever asks; absent: nobody rests and nothing was measured. */
  readonly momentFor?: (caller: Caller) => Pick<Surroundings, 'rests' | 'load' | 'shareOf' | 'warm'>
}

/** Tokens of a request about nothing. */
const USUAL_TOKENS = 1_000

/**
 * Explains what would become of a request. Rejects with AdminProblem where the question cannot be understood, and with `Failure` where the
 * request cannot.
 *
 * @param body the bytes of the request, where it was not written as part of the question
 */
export async function answerExplain(
  question: ExplainQuestion,
  needs: ExplainNeeds,
  body = bytesOf(question),
): Promise<Explanation> {
  const { plan } = needs
  const inbound = readInbound(question, needs.dialects, body)
  checkProvider(question.outage, inbound.request.model, plan)
  const caller = await callerFor(question, needs)
  const explanation = explain({
    plan,
    inbound,
    around: {
      id: 'req_explained',
      caller,
      upperBound: createUpperBound(),
      clock: needs.clock,
      budgetUses: await needs.usesOf(caller),
      madeUp: madeUpBy(question, body !== undefined),
      ...needs.momentFor?.(caller),
    },
    ...defined({ outage: question.outage }),
  })
  if (explanation.decided.failure?.code === 'model-not-found') throw unknownModel(inbound.request.model, plan)
  return explanation
}

function bytesOf({ request }: ExplainQuestion): Uint8Array | undefined {
  return request === undefined ? undefined : new TextEncoder().encode(JSON.stringify(request))
}

function readInbound(
  question: ExplainQuestion,
  dialects: readonly Dialect[],
  body: Uint8Array | undefined,
): Inbound {
  const { model, dialect, operation } = question
  const headers = headersOf(question)
  if (body !== undefined)
    return readPasted({ body, headers, ...defined({ model, dialect, operation }) }, dialects)
  if (model === undefined)
    throw new AdminProblem('invalid-request', { detail: 'Explain what? Name a model, or give a request.' })
  return readHeadOnly({ model, headers, ...defined({ dialect }) })
}

/** What is said beside the body is said by headers, as clients say it. */
function headersOf({ headers = {}, tags, session, customer, region }: ExplainQuestion): Headers {
  const wishes = Object.entries({ tags: tags?.join(','), session, customer, region })
  try {
    const said = new Headers(headers)
    for (const [wish, value] of wishes) if (value !== undefined) said.set(OWN_PREFIX + wish, value)
    return said
  } catch {
    const written = [...Object.entries(headers), ...wishes].map(([header]) => header).join(', ')
    throw new AdminProblem('invalid-request', {
      detail: `No header can hold what one of these does: ${written}.`,
    })
  }
}

function madeUpBy(question: ExplainQuestion, hasBody: boolean): MadeUp {
  const { operation, tools, vision, documents, audio, json_schema: jsonSchema, max_output } = question
  const features: Partial<RequestFeatures> = defined({
    inputTokens: question.tokens ?? (hasBody ? undefined : USUAL_TOKENS),
    maxOutputTokens: max_output,
    tools,
    vision,
    documents,
    audio,
    jsonSchema,
  })
  return { features, ...defined({ operation: hasBody ? undefined : operation }) }
}

function unknownModel(model: string, { models }: Plan): AdminProblem {
  const known = models.map(({ id }) => id)
  return unknown(`There is no model or route ${model.slice(0, LONGEST_NAME)}.`, model, known)
}

function checkProvider(provider: string | undefined, model: string, plan: Plan): void {
  if (provider === undefined) return
  const { routes, matches = [], resolveRoute } = plan
  const matching = matches.map(({ route }) => route)
  const asked = [...routes.values(), ...matching, resolveRoute(model)].flatMap((route) => route ?? [])
  const known = new Set(asked.flatMap(entriesOfAll).map(({ target }) => target.provider))
  if (!known.has(provider)) throw unknown(`No route leads to a provider ${provider}.`, provider, [...known])
}

/** Everybody whom a route or one of its steps may ask. */
function entriesOfAll(route: Route): readonly RouteTarget[] {
  return [route, ...(route.steps?.map((step) => step.route) ?? [])].flatMap((one) => entriesOf(one))
}

function unknown(detail: string, wanted: string, known: readonly string[]): AdminProblem {
  const nearest = nearestNames(wanted, known)
  const hint = nearest.length === 0 ? '' : ` Did you mean ${nearest.join(', ')}?`
  return new AdminProblem('not-found', { detail: `${detail}${hint}`, nearest })
}

/** A budget that nobody has spent. */
const SOME_BUDGET: Budget = { window: 'total', limitNanoUsd: 1_000_000_000_000n }

async function callerFor({ key, budget }: ExplainQuestion, needs: ExplainNeeds): Promise<Caller> {
  const { plan, keys, clock } = needs
  if (key !== undefined) return findCaller(key, { plan, keys, nowMs: clock.nowMs() })
  const caller = anyCaller(plan, budget === true ? [SOME_BUDGET] : [])
  if (caller !== undefined) return caller
  throw new AdminProblem('invalid-request', { detail: 'Nobody asks without a key here: name one.' })
}
