import { z } from 'zod'
import type { LoadView, TargetLoad } from '../exchange/load-view.ts'
import { entriesOf } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { GateEntry, Gates } from '../routing/gates.ts'
import type { HealthBoard, HealthEntry } from '../routing/health.ts'
import { parseQuery, PAGE_QUERY, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

const STATES = ['well', 'resting'] as const

/** What rests of a target, and for how long. */
export const restAnswer = z.object({
  kind: z.string().describe('`circuit-open`, `target-off`, `cooldown` or `credential-off`.'),
  credential: z.string().optional(),
  caller: z.string().optional().describe('For whom alone; absent: for everybody.'),
  rests_ms: z.number(),
})

const gateAnswer = z.object({
  name: z.string(),
  limit: z.int().describe('How many may be under way now; an adaptive limit learns it.'),
  in_use: z.int(),
  waiting: z.int(),
})

const loadAnswer = z.object({
  target: z.string(),
  provider: z.string(),
  state: z.enum(STATES).describe('`resting`: some of it rests, for somebody.'),
  rests: z.array(restAnswer),
  in_flight: z.int().describe('Calls under way.'),
  error_share: z.number().describe('Of its latest calls, faults of its own, 0 to 1.'),
  warmth: z.number().describe('How far it has come back since it rested, 0 to 1.'),
  first_token_ms: z.number().optional().describe('Until a stream says something, a recent peak included.'),
  per_token_ms: z.number().optional(),
  output_tokens: z.number().optional().describe('Mean length of its answers.'),
  quiet_ms: z.number().optional().describe('Since it last answered.'),
  headroom: z.number().optional().describe('What is left of its scarcest rate limit, 0 to 1.'),
  tokens_left: z.number().optional(),
  gates: z.array(gateAnswer),
})

const loadsQuery = z.strictObject({
  limit: PAGE_QUERY.limit,
  route: z.string().max(1_000).optional().describe('Only targets of this route.'),
  state: z
    .enum(STATES, { error: `one of ${STATES.join(', ')}` })
    .optional()
    .describe('Only in this state.'),
})

export interface LoadRoutesNeeds {
  readonly plan: () => Plan
  readonly loads: LoadView
  readonly health: Pick<HealthBoard, 'entries'>
  readonly gates: Pick<Gates, 'entries'>
}

/** What is resting, busy and slow now, as this process has seen it. */
export function loadRoutes(needs: LoadRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/loads',
      summary: 'How the targets of the plan in force do now: those that rest first, then the busiest.',
      query: loadsQuery,
      answer: { status: 200, schema: z.object({ data: z.array(loadAnswer), has_more: z.boolean() }) },
      handle({ query }) {
        const { limit, route, state } = parseQuery(loadsQuery, query)
        const found = tellAll(needs, targetsOf(needs.plan(), route)).filter(
          (one) => state === undefined || one.state === state,
        )
        return jsonResponse({
          data: found.slice(0, limit).map(toLoadJson),
          has_more: found.length > limit,
        })
      },
    },
  ]
}

/** Each target once, whatever it is named after. */
function targetsOf(plan: Plan, name: string | undefined): readonly Target[] {
  const matching = (plan.matches ?? []).map(({ route }) => route)
  const routes =
    name === undefined
      ? [...plan.routes.values(), ...matching]
      : [matching.find((route) => route.name === name) ?? plan.resolveRoute(name)]
  const targets = new Map<string, Target>()
  for (const route of routes) {
    if (route === undefined)
      throw new AdminProblem('not-found', {
        detail: `There is no route ${(name ?? '').slice(0, 100)}.`,
        nearest: nearestNames(name ?? '', plan.routes.keys()),
      })
    for (const { target } of entriesOf(route)) targets.set(target.id, target)
  }
  return [...targets.values()]
}

/** What is known of one target. */
interface Told {
  readonly target: Target
  readonly state: (typeof STATES)[number]
  readonly rests: readonly HealthEntry[]
  readonly load: TargetLoad
  readonly gates: readonly GateEntry[]
}

function tellAll({ loads, health, gates }: LoadRoutesNeeds, targets: readonly Target[]): readonly Told[] {
  const entries = health.entries()
  const byName = new Map(gates.entries().map((gate) => [gate.name, gate]))
  return targets
    .map((target): Told => {
      const rests = entries.filter((entry) => isAbout(entry, target))
      return {
        target,
        rests,
        state: rests.length === 0 ? 'well' : 'resting',
        load: loads.of(target.id),
        // Of a gate that nobody stands at nothing is kept.
        gates: (target.caps ?? []).map(
          ({ name, limit }) => byName.get(name) ?? { name, limit, inUse: 0, waiting: 0 },
        ),
      }
    })
    .toSorted(
      (left, right) =>
        Number(right.rests.length > 0) - Number(left.rests.length > 0) ||
        right.load.inFlight - left.load.inFlight,
    )
}

/** A credential that is refused everywhere is told of each target that it opens. */
export function isAbout({ target, credential }: HealthEntry, { id, credentials }: Target): boolean {
  return target === undefined ? credentials.some((one) => one.id === credential) : target === id
}

function toLoadJson({ target, state, rests, load, gates }: Told): JsonObject {
  return {
    target: target.id,
    provider: target.provider,
    state,
    rests: rests.map(toRestJson),
    in_flight: load.inFlight,
    error_share: load.errorShare,
    warmth: load.warmth,
    ...defined({
      first_token_ms: load.firstTokenMs,
      per_token_ms: load.perTokenMs,
      output_tokens: load.outputTokens,
      quiet_ms: load.quietMs,
      headroom: load.headroom,
      tokens_left: load.tokensLeft,
    }),
    gates: gates.map(({ name, limit, inUse, waiting }) => ({ name, limit, in_use: inUse, waiting })),
  }
}

/** What rests, as it is answered. */
export function toRestJson({ kind, credential, caller, restsMs }: HealthEntry): JsonObject {
  return { kind, ...defined({ credential, caller }), rests_ms: Math.round(restsMs) }
}
