import { z } from 'zod'
import { DIALECTS } from '../dialects/all.ts'
import { entriesOf } from '../exchange/route.ts'
import { routeNamed, type Plan } from '../gateway/plan.ts'
import { tellPromptCaches, type CachingTarget } from '../insight/prompt-caches.ts'
import { defined } from '../kit/defined.ts'
import type { SpendStore } from '../store/spend.ts'
import { moneySchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { PERIOD_QUERY, readPeriod, type Period } from './period.ts'
import { jsonResponse } from './problem.ts'
import { partialBody } from './request-filter.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

const routeCaching = z.object({
  route: z.string(),
  prompt_cache: z.enum(['auto', 'off']).describe('What the route says now.'),
  attempts: z.int(),
  input_tokens: z.int().describe('All of the input, cached or not.'),
  read_tokens: z.int().describe('Of it, read from caches of providers.'),
  written_tokens: z.int().describe('Of it, written there.'),
  saved: moneySchema.describe(
    'What reading saved, less what writing cost beyond the usual price, by the prices of now.',
  ),
  simulated_saved: moneySchema.describe('The same in invented money.'),
  would_save: moneySchema.describe(
    'What marks would save at targets that want them and got none, if it went as `assumption` says.',
  ),
  simulated_would_save: moneySchema.describe('The same in invented money.'),
  unpriced: z.int().describe('Attempts at targets without a price.'),
})

const cachesAnswer = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  assumption: z.object({
    read_share: z.number().describe('Share of the input that would be read from the cache.'),
    written_per_read: z.number().describe('Tokens that would be written for each that is read.'),
    from: z
      .enum(['measured', 'assumed'])
      .describe('`measured`: as where caches were read from in this time; `assumed`: that was nowhere.'),
  }),
  data: z.array(routeCaching).describe('By route, most input first.'),
})

const cachesQuery = z.strictObject(PERIOD_QUERY)

export interface PromptCacheNeeds {
  readonly spend: Pick<SpendStore, 'split'>
  readonly plan: () => Plan
  readonly nowMs: () => number
}

/** What caches of providers did for each route. */
export function promptCacheRoutes(needs: PromptCacheNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/prompt-caches',
      summary:
        'What caches of providers saved by route, and what marks in prompts would save where there are none.',
      query: cachesQuery,
      answer: { status: 200, schema: cachesAnswer },
      handle: ({ query }) => tellCaches(readPeriod(parseQuery(cachesQuery, query), needs.nowMs()), needs),
    },
  ]
}

async function tellCaches({ fromMs, toMs }: Period, needs: PromptCacheNeeds): Promise<Response> {
  const plan = needs.plan()
  const { cells, lookedAt } = await needs.spend.split({ fromMs, toMs, by: ['route', 'target'], scope: {} })
  const { routes, assumption } = tellPromptCaches(cells, (id) => targetNamed(plan, id))
  return jsonResponse({
    from: toTimeJson(fromMs),
    to: toTimeJson(toMs),
    assumption: {
      read_share: assumption.readShare,
      written_per_read: assumption.writtenPerRead,
      from: assumption.from,
    },
    data: routes.map((one) => ({
      route: one.route,
      prompt_cache: routeNamed(plan, one.route)?.marksPrompts === true ? 'auto' : 'off',
      attempts: one.attempts,
      input_tokens: one.inputTokens,
      read_tokens: one.readTokens,
      written_tokens: one.writtenTokens,
      saved: toMoneyJson(one.savedNanoUsd),
      simulated_saved: toMoneyJson(one.simulatedSavedNanoUsd),
      would_save: toMoneyJson(one.wouldSaveNanoUsd),
      simulated_would_save: toMoneyJson(one.simulatedWouldSaveNanoUsd),
      unpriced: one.unpriced,
    })),
    ...partialBody(lookedAt),
  })
}

/** A target by its id, which is the name of a route of its own as well. */
function targetNamed(plan: Plan, id: string): CachingTarget | undefined {
  const route = routeNamed(plan, id)
  const target = route && entriesOf(route).find((entry) => entry.target.id === id)?.target
  if (target === undefined) return undefined
  const [first] = target.spoken
  const dialect = DIALECTS.find(({ name }) => name === first?.dialect)
  return {
    ...defined({ price: target.price }),
    takesMarks: dialect?.codecs.chat?.markPrompt !== undefined,
    isSimulated: target.simulated,
  }
}
