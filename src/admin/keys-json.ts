import { z } from 'zod'
import type { KeyTerms } from '../config/compile-accounts.ts'
import type { Budget, RateLimits } from '../exchange/account.ts'
import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import type { OnlyTerms } from '../exchange/only-terms.ts'
import { formatDuration } from '../kit/duration.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { formatUsd } from '../kit/money.ts'
import type { BudgetStanding, RateStanding } from '../ledger/budget-view.ts'
import { KEY_ACTS, type KeyAct, type KeyUse } from '../store/key-acts.ts'
import type { KeyRecord } from '../store/store.ts'
import { moneySchema } from './admin-route.ts'
import { present, toMoneyJson, toTimeJson } from './to-json.ts'

/** Whether a key opens anything, and why not. */
const KEY_STATES = ['active', 'paused', 'revoked', 'expired'] as const

export const keyAnswer = z.object({
  id: z.string(),
  name: z.string(),
  origin: z.enum(['api', 'file']),
  status: z.enum(KEY_STATES).describe('`paused`: until somebody resumes it; `revoked`: for ever.'),
  project: z.string().optional(),
  models: z.array(z.string()).optional().describe('Absent: all.'),
  endpoints: z.array(z.enum(OPERATION_NAMES)).optional().describe('Absent: all.'),
  only: z
    .object({
      region: z.array(z.string()).optional(),
      retention: z.string().optional(),
      data_policy: z.string().optional(),
      providers: z.array(z.string()).optional(),
      tags: z.array(z.string()).optional(),
    })
    .optional()
    .describe('What every target must fulfil that answers it.'),
  addresses: z
    .array(z.string())
    .optional()
    .describe('Addresses and networks that it may be sent from. Absent: any.'),
  limits: z.object({
    rpm: z.int().optional(),
    tpm: z.int().optional(),
    concurrent: z.int().optional(),
  }),
  queue: z
    .object({ max: z.int(), wait: z.string() })
    .optional()
    .describe('Who waits where its limits are reached; absent: nobody.'),
  budgets: z.array(
    moneySchema.extend({
      per: z.string(),
      spent: moneySchema.optional().describe('In the window of now.'),
      held: moneySchema.optional().describe('By requests under way: the most that they may cost.'),
      extra: moneySchema.optional().describe('What is added to it for a time.'),
    }),
  ),
  used: z
    .object({ rpm: z.int().optional(), tpm: z.int().optional() })
    .optional()
    .describe('Of its limits per minute, now.'),
  allow: z.array(z.string()),
  last_used: z
    .object({
      at: z.iso.datetime(),
      exact: z.boolean().describe('False: the begin of the hour in which it called a model last.'),
      client: z.string().optional().describe('The program that sent the request, where it is known.'),
    })
    .optional()
    .describe('As far as the log and the sums of hours tell it.'),
  created_at: z.iso.datetime().optional(),
  rotated_at: z.iso.datetime().optional().describe('When it got the secret that it has.'),
  earlier: z
    .object({
      until: z.iso.datetime(),
      used_at: z.iso.datetime().optional().describe('Last, since this gateway started.'),
    })
    .optional()
    .describe('The secret before is still taken.'),
  expires_at: z.iso.datetime().optional(),
  paused_at: z.iso.datetime().optional(),
  revoked_at: z.iso.datetime().optional(),
})

export const actAnswer = z.object({
  at: z.iso.datetime(),
  what: z.enum(KEY_ACTS),
  via: z.enum(['cli', 'api']).describe('The command line, or the admin API, where the dashboard comes from.'),
  by: z.string().optional().describe('The name that was given with it.'),
  detail: z.string(),
})

/** What is known of a key beside what was said about it. */
export interface KeyStanding {
  readonly budgets: readonly BudgetStanding[]
  readonly rates: readonly RateStanding[]
  readonly use: KeyUse | undefined
  readonly earlierUsedAtMs: number | undefined
}

/** How a key is told. */
interface KeyTelling {
  /** `file` for keys that the configuration declares; absent: `api`. */
  readonly origin?: 'api' | 'file'
  readonly nowMs: number
  readonly standing?: KeyStanding | undefined
}

/** A key without its secret. */
export function toKeyJson(key: KeyRecord, { origin = 'api', nowMs, standing }: KeyTelling): JsonObject {
  const { earlier, rotatedAtMs, expiresAtMs, pausedAtMs, revokedAtMs } = key
  return present({
    id: key.id,
    name: key.name,
    origin,
    status: keyStatus(key, nowMs),
    project: key.project,
    models: key.models,
    endpoints: key.operations,
    only: key.only && toOnlyJson(key.only),
    addresses: key.addresses,
    limits: toLimitsJson(key.limits),
    queue: key.queue && { max: key.queue.max, wait: formatDuration(key.queue.waitMs) },
    budgets: key.budgets.map((budget) => toBudgetJson(budget, standing)),
    used: standing && toUsedJson(standing),
    allow: key.allowedOptions,
    last_used: standing?.use && toUseJson(standing.use),
    created_at: origin === 'file' ? undefined : toTimeJson(key.createdAtMs),
    rotated_at: timeOr(rotatedAtMs),
    earlier:
      earlier === undefined || earlier.untilMs <= nowMs
        ? undefined
        : present({ until: toTimeJson(earlier.untilMs), used_at: timeOr(standing?.earlierUsedAtMs) }),
    expires_at: timeOr(expiresAtMs),
    paused_at: timeOr(pausedAtMs),
    revoked_at: timeOr(revokedAtMs),
  })
}

/** Whether a key opens anything now; in the order in which it would be refused. */
export function keyStatus(key: KeyRecord, nowMs: number): (typeof KEY_STATES)[number] {
  if (key.revokedAtMs !== undefined) return 'revoked'
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs) return 'expired'
  return key.pausedAtMs === undefined ? 'active' : 'paused'
}

/** What was said about a key, in the words that it can be said in again: those of the file. */
export function toKeyWords(key: KeyTerms): JsonObject {
  return present({
    name: key.name,
    project: key.project,
    models: key.models,
    endpoints: key.operations,
    only: key.only && toOnlyJson(key.only),
    addresses: key.addresses,
    ...toLimitsJson(key.limits),
    queue: key.queue && { max: key.queue.max, wait: formatDuration(key.queue.waitMs) },
    budgets:
      key.budgets.length === 0
        ? undefined
        : key.budgets.map(({ limitNanoUsd, window }) => ({ usd: formatUsd(limitNanoUsd), per: window })),
    expires: key.expiresAtMs === undefined ? undefined : expiryText(key.expiresAtMs),
  })
}

/** A day where it is the last one, else the moment, to the second. */
function expiryText(ms: number): string {
  const text = toTimeJson(ms)
  return text.endsWith('T23:59:59.999Z') ? text.slice(0, 10) : `${text.slice(0, 19)}Z`
}

/** What was done to a key. */
export function toActJson({ atMs, what, via, by, detail }: KeyAct): JsonObject {
  return present({ at: toTimeJson(atMs), what, via, by, detail })
}

function timeOr(ms: number | undefined): Json | undefined {
  return ms === undefined ? undefined : toTimeJson(ms)
}

function toLimitsJson(limits: RateLimits): JsonObject {
  return present({
    rpm: limits.requestsPerMinute,
    tpm: limits.tokensPerMinute,
    concurrent: limits.parallelRequests,
  })
}

/** In the words of the file, so that it can be sent back. */
function toOnlyJson({ retention, ...words }: OnlyTerms): JsonObject {
  return present({
    ...words,
    retention: retention === undefined ? undefined : retentionText(retention),
  })
}

function retentionText(ms: number): string {
  return ms === 0 ? 'zero' : formatDuration(ms)
}

function toBudgetJson(budget: Budget, standing: KeyStanding | undefined): JsonObject {
  const found = standing?.budgets.find(({ period }) => period.budget.window === budget.window)
  return present({
    ...toMoneyJson(budget.limitNanoUsd),
    per: budget.window,
    spent: found && toMoneyJson(found.spentNanoUsd),
    held: found && toMoneyJson(found.heldNanoUsd),
    extra: found === undefined || found.extraNanoUsd === 0n ? undefined : toMoneyJson(found.extraNanoUsd),
  })
}

function toUsedJson({ rates }: KeyStanding): JsonObject | undefined {
  if (rates.length === 0) return undefined
  const of = (metric: RateStanding['rate']['metric']): number | undefined => {
    const found = rates.find(({ rate }) => rate.metric === metric)
    return found && Math.max(0, Math.round(found.rate.limit - found.remaining))
  }
  return present({ rpm: of('requests'), tpm: of('tokens') })
}

function toUseJson({ atMs, isExact, client }: KeyUse): JsonObject {
  return present({ at: toTimeJson(atMs), exact: isExact, client })
}
