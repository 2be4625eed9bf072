import { z } from 'zod'
import { GUARD_PHASES, GUARD_VERDICTS } from '../exchange/guard.ts'
import type { Guardrail } from '../guardrails/guardrail.ts'
import { defined } from '../kit/defined.ts'
import { isObject, type JsonObject } from '../kit/json.ts'
import type { GuardCounts } from '../store/guard-counts.ts'
import type { MetricView } from '../telemetry/registry.ts'
import { ORIGINS, type ListedObject } from './config-listing.ts'

export const GUARD_ACTIONS = ['block', 'mask', 'flag', 'restrict'] as const

const names = z
  .array(z.string())
  .nullable()
  .describe('Names, with * at the end for any rest; null: everywhere.')

/** What is told of a guardrail. */
export const guardrailAnswer = z.object({
  name: z.string(),
  kind: z.string().describe('What it looks for.'),
  looks_for: z.unknown().describe('What the kind was told to look for, as it is written, secrets hidden.'),
  origin: z.enum(ORIGINS).optional().describe('Where it is written. Absent: it is not known.'),
  line: z.int().optional().describe('In the document that it comes from.'),
  action: z.enum(GUARD_ACTIONS),
  mode: z.enum(['enforce', 'shadow']),
  phases: z.array(z.enum(GUARD_PHASES)),
  on_error: z.enum(['allow', 'block']),
  budget_ms: z.number(),
  restore: z.boolean().nullable().describe('Of mask: whether it is put back in the answer.'),
  as: z.string().nullable().describe('Of mask: how its placeholders are called; null: as what was found.'),
  remember_ms: z
    .number()
    .nullable()
    .describe('Of mask: how long it is remembered beyond the request; null: it is not.'),
  answer: z.enum(['error', 'refusal']).nullable().describe('Of block: what the client gets.'),
  only: z.array(z.string()).nullable().describe('Of restrict: what every target must fulfil.'),
  routes: names,
  projects: names,
  keys: names,
  said: z
    .array(
      z.object({
        verdict: z.enum(GUARD_VERDICTS),
        shadow: z.boolean().describe('True where it only said what it would have done.'),
        requests: z.int(),
      }),
    )
    .describe(
      'In how many requests of the time; of each request the gravest that it said, the gravest first. Of many guardrails that let a request pass its record names eight.',
    ),
  found: z
    .array(z.object({ detector: z.string(), found: z.int() }))
    .describe('How often each detector has found something in the time, the most frequent first.'),
  restored: z
    .object({
      values: z.int().describe('Placeholders whose values the requests say themselves.'),
      remembered: z.int().describe('Those that were masked in other requests.'),
    })
    .describe('How many placeholders were put back in answers in the time.'),
  spent_ms: z
    .number()
    .nullable()
    .describe(
      'How long it takes for a request or an answer on average, since this process began; null: it has not looked.',
    ),
})

/** How long guardrails take on average, in milliseconds by their names, as the metrics of this process have it. */
export function spentBy(metrics: readonly MetricView[]): ReadonlyMap<string, number> {
  const sums = new Map<string, { sum: number; count: number }>()
  const view = metrics.find(({ name }) => name === 'gatehouse_guardrail_seconds')
  for (const { labels, value } of view?.distributions ?? []) {
    const [guardrail = ''] = labels
    const before = sums.get(guardrail) ?? { sum: 0, count: 0 }
    sums.set(guardrail, { sum: before.sum + value.sum, count: before.count + value.count })
  }
  return new Map([...sums].map(([name, { sum, count }]) => [name, (1_000 * sum) / count]))
}

/** What is known of a guardrail besides its rule. */
export interface GuardrailPast {
  readonly counts: GuardCounts
  readonly spent: ReadonlyMap<string, number>
  readonly written: ListedObject | undefined
}

function toActionJson(action: Guardrail['action']): JsonObject {
  return {
    restore: action.type === 'mask' ? action.restore : null,
    as: action.type === 'mask' ? (action.as ?? null) : null,
    remember_ms: action.type === 'mask' ? (action.rememberMs ?? null) : null,
    answer: action.type === 'block' ? action.answer : null,
    only: action.type === 'restrict' ? action.only.map(({ text }) => text) : null,
  }
}

/** A guardrail, and what it has said. */
export function toGuardrailJson(guardrail: Guardrail, { counts, spent, written }: GuardrailPast): JsonObject {
  const { name, kind, action, isShadow, phases, onError, budgetMs, routes, projects, keys } = guardrail
  const value = written?.value
  const restored = counts.restored.find(({ guardrail: whose }) => whose === name)
  const isOwn = (one: { readonly guardrail: string }): boolean => one.guardrail === name
  return {
    name,
    kind,
    looks_for: isObject(value) ? (value[kind] ?? null) : null,
    ...defined({ origin: written?.origin, line: written?.line }),
    action: action.type,
    mode: isShadow ? 'shadow' : 'enforce',
    phases,
    on_error: onError,
    budget_ms: budgetMs,
    ...toActionJson(action),
    routes: routes ?? null,
    projects: projects ?? null,
    keys: keys ?? null,
    said: counts.verdicts
      .filter(isOwn)
      .map(({ verdict, shadow, requests }) => ({ verdict, shadow, requests })),
    found: counts.found.filter(isOwn).map(({ detector, found }) => ({ detector, found })),
    restored: {
      values: restored?.restored ?? 0,
      remembered: restored?.remembered ?? 0,
    },
    spent_ms: spent.get(name) ?? null,
  }
}
