import { z } from 'zod'
import { connectionOf } from '../clients/connection.ts'
import { isPlainWord } from '../clients/plain-word.ts'
import { CLIENT_KINDS } from '../clients/rows/all.ts'
import type { Caller } from '../exchange/caller.ts'
import type { AuthenticatedCaller, Inbound } from '../gateway/gateway.ts'
import type { ListedModel } from '../gateway/plan.ts'
import { heldFor } from '../insight/held-for.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { createUpperBound } from '../pricing/remember-bound.ts'
import type { KeyStore } from '../store/store.ts'
import { moneySchema, parseBody, type AdminRoute } from './admin-route.ts'
import { canTalk, chosenKeys, KEY_CHOICE, KEY_PLACE, unfitModel } from './choices.ts'
import type { ExplainNeeds } from './explain-question.ts'
import { findCaller } from './find-caller.ts'
import { operatorInbound } from './operator-inbound.ts'
import { operatorOf } from './operator.ts'
import { PLAYGROUND_EVENTS } from './playground-events.ts'
import { tellOver, type OverNeeds } from './playground-over.ts'
import { codeSchema, playgroundSchema, toChatRequest, type PlaygroundQuestion } from './playground-request.ts'
import { PlaygroundRun } from './playground-run.ts'
import { AdminProblem, jsonResponse, SAFE_HEADERS } from './problem.ts'
import { toMoneyJson } from './to-json.ts'

/** By which requests of the playground are told from others (`client:playground`). */
const CLIENT = 'playground'
const PATH = '/api/v1/playground'

export interface PlaygroundNeeds extends OverNeeds {
  readonly keys: KeyStore
  readonly enterAs: (caller: Caller) => AuthenticatedCaller
  /** Requests under way, those of applications included. */
  readonly inFlight: () => number
  readonly explaining: Pick<ExplainNeeds, 'momentFor' | 'usesOf'>
  readonly dataUrl: () => string
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

const modelAnswer = z.object({
  id: z.string(),
  owned_by: z.string(),
  context_tokens: z.int().optional(),
  max_output_tokens: z.int().optional(),
  tools: z.boolean().optional().describe('Absent here and below: not known.'),
  json_schema: z.boolean().optional(),
  sampling: z.boolean().optional(),
  efforts: z.array(z.string()).optional(),
  reasoning: z.boolean().optional(),
})

const answer = z.object({
  url: z.string().describe('Address of the client API.'),
  models: z.array(modelAnswer).describe('What can be talked with, in the order of the list of models.'),
  keys: z.array(KEY_CHOICE),
})

const codeAnswer = z.object({
  snippets: z.array(z.object({ title: z.string(), language: z.string(), text: z.string() })),
})

const boundAnswer = z.object({
  route: z.string().optional(),
  target: z.string().optional().describe('Whom it would be sent to first.'),
  simulated: z.boolean().optional(),
  most: moneySchema.optional().describe('The most that a budget holds for it; absent: not known.'),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
})

/** Requests that an operator sends from a screen: the whole way that those of applications take. */
export function playgroundRoutes(needs: PlaygroundNeeds): AdminRoute[] {
  return [choicesRoute(needs), boundRoute(needs), codeRoute(needs), runRoute(needs)]
}

function choicesRoute({ plan, keys, clock, dataUrl }: PlaygroundNeeds): AdminRoute {
  return {
    method: 'GET',
    path: PATH,
    summary: 'What the playground can ask, and as whom.',
    answer: { status: 200, schema: answer },
    async handle() {
      return jsonResponse({
        url: dataUrl(),
        models: plan().models.filter(canTalk).map(toModelJson),
        keys: await chosenKeys(plan(), keys, clock.nowMs()),
      })
    },
  }
}

function toModelJson({ id, ownedBy, facts = {} }: ListedModel): JsonObject {
  const { contextTokens, maxOutputTokens, tools, jsonSchema, sampling, efforts, reasoning } = facts
  return {
    id,
    owned_by: ownedBy,
    ...defined({
      context_tokens: contextTokens,
      max_output_tokens: maxOutputTokens,
      tools,
      json_schema: jsonSchema,
      sampling: sampling === undefined ? undefined : sampling !== false,
      efforts,
      reasoning: reasoning === undefined ? undefined : reasoning !== 'none',
    }),
  }
}

function boundRoute(needs: PlaygroundNeeds): AdminRoute {
  return {
    method: 'POST',
    path: `${PATH}/bound`,
    summary: 'Where a request of the playground would go, and the most that it may cost. Nobody is asked.',
    body: playgroundSchema,
    changesNothing: true,
    maxBodyBytes: LIMITS.playgroundBodyBytes,
    answer: { status: 200, schema: boundAnswer },
    async handle({ body }) {
      const question = parseBody(playgroundSchema, body)
      const { explaining, clock, plan } = needs
      const caller = await callerFor(question, needs)
      const held = heldFor(plan(), inboundOf(question, new AbortController().signal), {
        id: 'req_playground',
        caller,
        upperBound: createUpperBound(),
        clock,
        budgetUses: await explaining.usesOf(caller),
        ...explaining.momentFor?.(caller),
      })
      const { failure, nanoUsd, route, target, simulated } = held
      return jsonResponse(
        defined({
          route,
          target,
          simulated,
          most: nanoUsd === undefined ? undefined : toMoneyJson(nanoUsd),
          failure: failure && { code: failure.code, message: failure.message },
        }),
      )
    },
  }
}

function codeRoute({ dataUrl }: PlaygroundNeeds): AdminRoute {
  return {
    method: 'POST',
    path: `${PATH}/code`,
    summary: 'Programs that ask a model a question, in the libraries that are known.',
    body: codeSchema,
    changesNothing: true,
    maxBodyBytes: LIMITS.playgroundBodyBytes,
    answer: { status: 200, schema: codeAnswer },
    handle({ body }) {
      const { model, question } = parseBody(codeSchema, body)
      if (!isPlainWord(model)) throw unfitModel()
      const front = {
        url: dataUrl(),
        key: KEY_PLACE,
        model,
        models: [{ id: model }],
        question,
        answers: true,
      }
      const snippets = CLIENT_KINDS.library.flatMap((row) =>
        connectionOf(row, front).snippets.map(({ language, text }) => ({
          title: `${LANGUAGES[language]}, ${row.title}`,
          language,
          text,
        })),
      )
      return jsonResponse({ snippets })
    },
  }
}

const LANGUAGES = { sh: 'curl', python: 'Python', ts: 'TypeScript' } as const

function runRoute(needs: PlaygroundNeeds): AdminRoute {
  let underWay = 0
  const { clock, onError } = needs
  return {
    method: 'POST',
    path: PATH,
    summary:
      'Asks a model as a key, or as the operator, through the whole pipeline; the answer, its receipt and its decision are server-sent events.',
    body: playgroundSchema,
    maxBodyBytes: LIMITS.playgroundBodyBytes,
    audit: { subject: 'playground', tells: ['model', 'key', 'max_output'] },
    events: PLAYGROUND_EVENTS,
    async handle({ body }) {
      const question = parseBody(playgroundSchema, body)
      const caller = await callerFor(question, needs)
      if (underWay >= LIMITS.playgroundRuns || needs.inFlight() >= LIMITS.concurrentRequests)
        throw new AdminProblem('not-now', {
          detail: `${LIMITS.playgroundRuns} requests of the playground are under way, or the gateway is full.`,
          headers: { 'retry-after': '1' },
        })
      const leaving = new AbortController()
      const opened = needs.enterAs(caller).open(inboundOf(question, leaving.signal))
      const beganMs = clock.elapsedMs()
      underWay += 1
      const run = new PlaygroundRun({
        opened,
        clock,
        onError,
        abort: () => leaving.abort(),
        lastWords: () => tellOver(opened.exchange.id, clock.elapsedMs() - beganMs, needs),
        onOver: () => void (underWay -= 1),
      })
      return new Response(new ReadableStream(run, { highWaterMark: 1 }), {
        headers: { 'content-type': 'text/event-stream', ...SAFE_HEADERS, 'x-accel-buffering': 'no' },
      })
    },
  }
}

async function callerFor(
  { key }: PlaygroundQuestion,
  { plan, keys, clock }: PlaygroundNeeds,
): Promise<Caller> {
  return key === undefined
    ? operatorOf(plan())
    : findCaller(key, { plan: plan(), keys, nowMs: clock.nowMs() })
}

function inboundOf(question: PlaygroundQuestion, signal: AbortSignal): Inbound {
  return operatorInbound(toChatRequest(question), { path: PATH, client: CLIENT, signal })
}
