import { z } from 'zod'
import { GUARD_PHASES, GUARD_VERDICTS } from '../exchange/guard.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { givenAgain } from '../insight/given-again.ts'
import { toLineJson } from '../insight/receipt-lines.ts'
import type { Receipt, ReceiptAttempt, ReceiptTotal } from '../insight/receipt.ts'
import { reasonsOf, type ToldVerdict } from '../insight/receipt-reasons.ts'
import type { RequestRow } from '../store/store.ts'
import { moneySchema } from './admin-route.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

const lineAnswer = z.object({
  unit: z.string().describe('What is counted, or `request` for the price of the request itself.'),
  quantity: z.int(),
  price_usd: z.string().describe('US dollars for as many as `per` says.'),
  per: z.int(),
  amount_pico_usd: z.string().describe('Quantity times price in trillionths of a dollar, exact.'),
})

const attemptAnswer = z.object({
  id: z.string(),
  request_id: z.string(),
  ordinal: z.int(),
  target: z.string(),
  outcome: z.string(),
  purpose: z.string().optional(),
  basis: z.string(),
  state: z
    .enum(['settled', 'estimated', 'unpriced', 'unused'])
    .describe(
      'Whether the cost is the report of the provider at a known price, an estimate, not known, or nothing.',
    ),
  simulated: z.boolean(),
  price: z
    .object({
      id: z.string(),
      source: z
        .string()
        .describe('Where it comes from: `list`, `config`, `simulated` or a row of the provider.'),
      now: z
        .string()
        .optional()
        .describe('The price that the plan has now, where the amounts are of another.'),
    })
    .optional(),
  lines: z.array(lineAnswer),
  rounded_up_pico_usd: z.string().describe('What the sum of the lines was rounded up by, once.'),
  no_arithmetic: z
    .enum(['no-price', 'other-service', 'target-gone', 'price-changed'])
    .optional()
    .describe('Why there are no lines, although something was used.'),
  cost: z.union([moneySchema, z.literal('unpriced')]),
  charged: moneySchema
    .optional()
    .describe('What budgets are charged instead, while the bill may come to more.'),
})

const totalAnswer = z.object({
  cost: moneySchema.describe('Real money.'),
  simulated: moneySchema.describe('Invented money, never part of cost.'),
  unpriced_attempts: z.int(),
  estimated_attempts: z.int(),
})

/** The members of a receipt. */
export const receiptAnswer = {
  request_id: z.string(),
  at: z.iso.datetime(),
  outcome: z.string(),
  guardrails: z
    .array(
      z.object({
        phase: z.enum(GUARD_PHASES),
        guardrail: z.string(),
        verdict: z.enum(GUARD_VERDICTS),
        shadow: z.boolean().describe('True where it only said what it would have done.'),
        found: z.record(z.string(), z.int()).optional().describe('How often each detector found something.'),
      }),
    )
    .describe('What guardrails said of it, but for those that let it pass.'),
  replay_of: z
    .string()
    .optional()
    .describe('The request whose answer was given again, under its idempotency key.'),
  cache: z
    .object({
      outcome: z.string().describe('`hit`, `semantic`, `stale` or `coalesced`.'),
      first_at: z.iso.datetime().optional().describe('When it was given first.'),
      first_request_id: z.string().optional().describe('The request that was given it first.'),
      saved: moneySchema.optional().describe('What it had cost then.'),
    })
    .optional()
    .describe('Where the answer was given again, so that nobody was asked for it.'),
  attempts: z.array(attemptAnswer),
  asked: z.array(attemptAnswer).describe('What the gateway asked on behalf of the request: judges, shadows.'),
  own: totalAnswer.describe('The attempts of the request.'),
  total: totalAnswer.describe('With what was asked on its behalf.'),
}

/** A receipt for machines and people. */
export function toReceiptJson(row: RequestRow, { attempts, asked, own, total }: Receipt): JsonObject {
  const { guardrails, replayOf } = reasonsOf(row)
  return {
    request_id: row.id,
    at: toTimeJson(row.atMs),
    outcome: row.outcome,
    guardrails: guardrails.map(toVerdictJson),
    ...defined({ replay_of: replayOf }),
    ...cacheJson(row),
    attempts: attempts.map(toAttemptJson),
    asked: asked.map(toAttemptJson),
    own: toTotalJson(own),
    total: toTotalJson(total),
  }
}

function toVerdictJson({ phase, guardrail, verdict, isShadow, found }: ToldVerdict): JsonObject {
  return { phase, guardrail, verdict, shadow: isShadow, ...defined({ found }) }
}

function cacheJson(row: RequestRow): JsonObject {
  const again = givenAgain(row)
  if (again === undefined) return {}
  const { outcome, firstMs, firstId, savedNanoUsd } = again
  return {
    cache: {
      outcome,
      ...defined({
        first_at: firstMs === undefined ? undefined : toTimeJson(firstMs),
        first_request_id: firstId,
        saved: savedNanoUsd === undefined ? undefined : toMoneyJson(savedNanoUsd),
      }),
    },
  }
}

function toAttemptJson({ row, state, lines, roundedPicoUsd, why, priceNow }: ReceiptAttempt): JsonObject {
  const { priceId, costNanoUsd, chargedNanoUsd } = row
  return {
    id: row.id,
    request_id: row.requestId,
    ordinal: row.ordinal,
    target: row.target,
    outcome: row.outcome,
    ...defined({ purpose: row.purpose }),
    basis: row.basis,
    state,
    simulated: row.simulated,
    ...(priceId === undefined
      ? {}
      : { price: { id: priceId, source: sourceOf(priceId), ...defined({ now: priceNow }) } }),
    lines: lines.map(toLineJson),
    rounded_up_pico_usd: roundedPicoUsd.toString(),
    ...defined({ no_arithmetic: why }),
    cost: costNanoUsd === undefined ? 'unpriced' : toMoneyJson(costNanoUsd),
    ...(chargedNanoUsd === undefined ? {} : { charged: toMoneyJson(chargedNanoUsd) }),
  }
}

/** Ids of prices begin with where the price is from. */
function sourceOf(priceId: string): string {
  return /^[a-z-]+/.exec(priceId)?.[0] ?? priceId
}

function toTotalJson({ costNanoUsd, simulatedNanoUsd, unpriced, estimated }: ReceiptTotal): JsonObject {
  return {
    cost: toMoneyJson(costNanoUsd),
    simulated: toMoneyJson(simulatedNanoUsd),
    unpriced_attempts: unpriced,
    estimated_attempts: estimated,
  }
}
