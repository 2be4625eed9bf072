import { z } from 'zod'
import type { CacheFigures } from '../insight/cache-figures.ts'
import type { JsonObject } from '../kit/json.ts'
import type { AnswerTotals, ListedAnswer } from '../store/answer-cache.ts'
import { moneySchema } from './admin-route.ts'
import { present, toMoneyJson, toTimeJson } from './to-json.ts'

export const FIGURES_SHAPE = {
  hits: z.int().describe('Requests that were given an answer that was kept.'),
  stale: z.int().describe('Those that were given one that was too old, on purpose.'),
  coalesced: z.int().describe('Those that were given the answer of another that was under way.'),
  similar: z.int().describe('Those that were given the answer to a similar question.'),
  misses: z.int().describe('Those for which none was kept, or that wanted a new one.'),
  bypassed: z.int().describe('Those that were not looked for; `gatehouse req` tells why.'),
  hit_rate: z
    .number()
    .nullable()
    .describe('Answers given again among all requests for which one was looked for; null: there were none.'),
  saved: moneySchema.describe('What the answers had cost that were given again.'),
}

/** What `FIGURES_SHAPE` tells of. */
export function figuresJson(figures: CacheFigures): JsonObject {
  const { hits, stale, coalesced, similar, misses, bypassed, hitRate = null, savedNanoUsd } = figures
  return {
    hits,
    stale,
    coalesced,
    similar,
    misses,
    bypassed,
    hit_rate: hitRate,
    saved: toMoneyJson(savedNanoUsd),
  }
}

export const TOTALS_SHAPE = {
  entries: z.int().describe('Answers that are kept.'),
  bytes: z.int().describe('What they take where they lie, about.'),
}

/** What `TOTALS_SHAPE` tells of. */
export function totalsJson({ entries, bytes }: AnswerTotals): JsonObject {
  return { entries, bytes }
}

export const answerSchema = z.object({
  key: z.string().describe('Digest of the question.'),
  owner: z.string().describe('For whom it is kept, `scope:id` or `shared`.'),
  route: z.string(),
  model: z.string().optional().describe('The model that gave it.'),
  tags: z.array(z.string()),
  request_id: z.string().optional().describe('The request that was given it first.'),
  at: z.iso.datetime(),
  fresh_until: z.iso.datetime().describe('Until when it is given again.'),
  ends: z.iso.datetime().describe('Until when it is given where no other can be had.'),
  used: z.iso.datetime(),
  hits: z.int().describe('How often it was found since then.'),
  bytes: z.int(),
  cost: moneySchema.describe('What it had cost; 0 where that is not known, or it was invented.'),
})

/** An answer, without what it says. */
export function answerJson(answer: ListedAnswer): JsonObject {
  return present({
    key: answer.key,
    owner: answer.owner,
    route: answer.route,
    model: answer.model,
    tags: answer.tags,
    request_id: answer.requestId,
    at: toTimeJson(answer.atMs),
    fresh_until: momentJson(answer.freshUntilMs),
    ends: momentJson(answer.endsAtMs),
    used: toTimeJson(answer.usedMs),
    hits: answer.hits,
    bytes: answer.bytes,
    cost: toMoneyJson(answer.costNanoUsd),
  })
}

/** The last moment that dates can say (ECMA-262, 21.4.1.1). */
const LAST_MS = 8.64e15

function momentJson(ms: number): string {
  return toTimeJson(Math.min(ms, LAST_MS))
}
