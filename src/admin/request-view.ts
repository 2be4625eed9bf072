import { z } from 'zod'
import type { Plan } from '../gateway/plan.ts'
import { explainPastUnder, type PastExplanation } from '../insight/explain-past.ts'
import { flipJson } from '../insight/explanation-json.ts'
import { pricesIn } from '../insight/receipt.ts'
import { replayRecord } from '../insight/replay-record.ts'
import { callerUnder } from '../insight/run-what-if.ts'
import { requestIdOf } from '../exchange/decision.ts'
import { readDecision } from '../exchange/decision-record.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { FeedbackStore } from '../store/feedback.ts'
import type { RequestRow, Store } from '../store/store.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { asCurl, type CurlParts } from './as-curl.ts'
import { replayAnswer, replayJson } from './decisions.ts'
import { feedbackAnswer, toFeedbackJson } from './feedback.ts'
import { flipAnswer } from './explain.ts'
import { OPEN_PERIOD_QUERY } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { receiptOf } from './receipts.ts'
import { receiptAnswer, toReceiptJson } from './receipts-json.ts'
import { QUERY, readFilter } from './request-filter.ts'
import { attemptAnswer, requestAnswer, requestDetail } from './requests.ts'
import { readWordList } from './word-list.ts'

/** What can be answered along with a request, so that whoever shows it asks once. */
const INCLUDED = ['receipt', 'replay', 'flips', 'neighbours', 'curl'] as const

type Included = (typeof INCLUDED)[number]

const viewQuery = z.strictObject({
  include: z
    .string()
    .max(200)
    .default('')
    .describe(`What is answered along with it, with commas between them: ${INCLUDED.join(', ')}.`),
  q: QUERY.describe('Of `neighbours`: the query of the list in which they stand; see docs/query.md.'),
  ...OPEN_PERIOD_QUERY,
})

const wayAnswer = z.object({ step: z.string().optional(), target: z.string().optional() })

const flipsAnswer = z.object({
  same: z.boolean().describe('It would take the same step to the same target.'),
  before: wayAnswer.describe('The step that it took, and whom it was sent to first.'),
  after: wayAnswer.describe('The same under the plan in force.'),
  unknown: z.array(z.string()).describe('What the choice asks for and nobody has kept; taken for absent.'),
  flips: z.array(flipAnswer).describe('What would lead it elsewhere, the nearest first.'),
})

const viewAnswer = requestAnswer.extend({
  attempt_rows: z.array(attemptAnswer),
  decision: z.unknown(),
  feedback: z.array(feedbackAnswer),
  receipt: z.object(receiptAnswer).optional(),
  replay: replayAnswer
    .optional()
    .describe('The choice made again from its record; absent where nothing was decided.'),
  flips: flipsAnswer
    .optional()
    .describe('Decided again under the plan in force; absent where nobody was chosen.'),
  neighbours: z
    .object({ newer: z.string().optional(), older: z.string().optional() })
    .optional()
    .describe('Ids of the requests beside it in the list of `q`, `from` and `to`, as far as one may look.'),
  curl: z.string().optional().describe('The call in its dialect, about something else, from a shell.'),
})

export interface RequestViewNeeds {
  readonly store: Pick<Store, 'requests' | 'ledger' | 'keys'>
  readonly feedback: FeedbackStore
  readonly plan: () => Plan
  readonly nowMs: () => number
  readonly curl: () => CurlParts
}

/** One request with everything that is known of it, in one answer. */
export function requestViewRoutes(needs: RequestViewNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/requests/{id}',
      summary: 'One request with its attempts, its decision, and whatever else is to be answered along.',
      query: viewQuery,
      answer: { status: 200, schema: viewAnswer },
      async handle({ params: { id = '' }, query }) {
        const { include, ...list } = parseQuery(viewQuery, query)
        const included = readWordList(include, { path: 'include', words: INCLUDED })
        const row = await needs.store.requests.find(requestIdOf(id))
        if (row === undefined) throw unknownRequest(id)
        const asked = await Promise.all(included.map(async (name) => await INCLUDE[name](row, needs, list)))
        return jsonResponse({
          ...(await requestDetail(row, needs.store.ledger)),
          feedback: (await needs.feedback.of(row.id)).map(toFeedbackJson),
          ...Object.fromEntries(asked.flatMap(Object.entries)),
        })
      },
    },
  ]
}

/** The list in which its neighbours stand. */
type ListQuery = Omit<z.output<typeof viewQuery>, 'include'>

type Include = (row: RequestRow, needs: RequestViewNeeds, list: ListQuery) => MaybePromise<JsonObject>

/** How each member is made; the object is empty where there is none. */
const INCLUDE: Readonly<Record<Included, Include>> = {
  async receipt(row, { store, plan }) {
    return { receipt: toReceiptJson(row, await receiptOf(row, { store, priceNow: pricesIn(plan()) })) }
  },
  replay(row, { plan }) {
    const decision = row.decision === undefined ? undefined : readDecision(row.decision)
    return decision === undefined ? {} : { replay: replayJson(replayRecord(row, decision, plan())) }
  },
  async flips(row, { store, plan: planNow }) {
    const plan = planNow()
    const { key } = row.owners
    const stored = key === undefined ? undefined : await store.keys.find(key)
    const callerOf = callerUnder(plan, (id) => (id === key ? stored : undefined))
    const past = explainPastUnder(row, { draft: plan, current: plan, callerOf })
    return past === undefined ? {} : { flips: flipsJson(past) }
  },
  async neighbours(row, { store, nowMs }, list) {
    const { texts = [], ...filter } = readFilter({ ...list, isList: true }, nowMs())
    // Nobody looks for what was said on both sides of a request.
    const found = texts.length > 0 ? {} : await store.requests.neighbours(row.id, filter)
    return { neighbours: { ...found } }
  },
  curl: (row, { curl }) => defined({ curl: asCurl(row, curl()) }),
}

function flipsJson({ explanation, before, after, unknown }: PastExplanation): JsonObject {
  return {
    same: before.target === after.target && before.step === after.step,
    before: { ...before },
    after: { ...after },
    unknown: [...unknown],
    flips: explanation.flips.map(flipJson),
  }
}

function unknownRequest(id: string): AdminProblem {
  const hint = /^(req|dec)_/.test(id) ? '' : ' Ids of requests begin with req_.'
  return new AdminProblem('not-found', {
    detail: `There is no request ${id.slice(0, 100)} in the log.${hint}`,
  })
}
