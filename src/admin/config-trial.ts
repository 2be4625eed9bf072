import { z } from 'zod'
import { versionIn, changesIn } from './audit-terms.ts'
import { compileGuard } from '../config/compile-split.ts'
import { bySchema, guardSchema, shareSchema } from '../config/schema/split.ts'
import type { ArmFigures } from '../experiments/guard-watch.ts'
import type { TrialTerms } from '../experiments/version-trial.ts'
import { BUCKETS, SPLIT_UNITS } from '../exchange/split.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { explainRefusal, madeAnswer, toMadeJson, toVersionJson, versionAnswer } from './config-json.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { MadeVersion, ReleaseDesk, TrialNow } from './release-desk.ts'
import { toTimeJson } from './to-json.ts'

const PER_CENT = 100
const SHARE = 'a share of more than 0 and less than 100 per cent, such as 10%'

const trialSchema = z.strictObject({
  share: shareSchema
    .refine((share) => share > 0 && share < BUCKETS, { error: SHARE })
    .describe('The share of the requests that goes by it, in per cent.'),
  by: bySchema,
  guard: guardSchema.prefault({}).describe('By how much it may do worse than the version in force.'),
})

/** The member of bodies that make a version, by which it is tried first. */
export const TRIAL = {
  trial: trialSchema
    .optional()
    .describe('It is tried on a share of the requests; absent: it is in force for everybody at once.'),
}

/** The terms of a trial that somebody asks for. */
export function readTrial(trial: z.output<typeof trialSchema> | undefined): { readonly trial?: TrialTerms } {
  if (trial === undefined) return {}
  const { share, by, guard } = trial
  return { trial: { share, by, guard: compileGuard(guard) } }
}

const sideAnswer = z.object({
  requests: z
    .int()
    .describe(
      'Those that say something of a configuration: not what clients did wrong, nor spent budgets and limits.',
    ),
  errors: z.int(),
  first_event_p95_ms: z.number().optional().describe('Of the last 512. Absent: none was answered.'),
  cost_usd: z.number().optional().describe('Of one request, on the mean of the last 512. Absent: not known.'),
})

const trialAnswer = z.object({
  version: versionAnswer,
  share: z.number().describe('Per cent of the requests.'),
  by: z.enum(SPLIT_UNITS).describe('Who goes the same way every time.'),
  counted_since: z.iso.datetime().describe('When it began, or the process started.'),
  in_force: sideAnswer.describe('The requests under the version in force since then.'),
  tried: sideAnswer,
})

const nowAnswer = z.object({ trial: trialAnswer.nullable().describe('null: no version is tried.') })

const ACTIONS = ['promote', 'give-up'] as const
const actionBody = z.strictObject({
  action: z.enum(ACTIONS, { error: `one of ${ACTIONS.join(', ')}` }),
})

const PATH = '/api/v1/config/trial'

/** The version that is tried on a share of the requests: how it does, and what becomes of it. */
export function configTrialRoutes({ releases }: { readonly releases: ReleaseDesk }): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'The version that is tried on a share of the requests, beside the one in force.',
      answer: { status: 200, schema: nowAnswer },
      handle() {
        const trial = releases.trial()
        return jsonResponse({ trial: trial === undefined ? null : toTrialJson(trial) })
      },
    },
    {
      method: 'POST',
      path: PATH,
      summary: 'Puts the version that is tried in force for everybody, or gives it up.',
      body: actionBody,
      audit: { subject: 'config-version', idIn: versionIn, tells: ['action'], cameOf: changesIn },
      answer: { status: 200, schema: madeAnswer },
      async handle({ body }) {
        const { action } = parseBody(actionBody, body)
        const made = await act(action, releases).catch(explainRefusal)
        if (made === undefined) throw new AdminProblem('not-found', { detail: 'No version is being tried.' })
        return jsonResponse(toMadeJson(made))
      },
    },
  ]
}

function act(action: (typeof ACTIONS)[number], releases: ReleaseDesk): Promise<MadeVersion | undefined> {
  return action === 'promote' ? releases.promote() : releases.giveUp()
}

function toTrialJson({ version, share, by, countedSinceMs, figures }: TrialNow): JsonObject {
  return {
    version: toVersionJson(version),
    share: (share / BUCKETS) * PER_CENT,
    by,
    counted_since: toTimeJson(countedSinceMs),
    in_force: toSideJson(figures.inForce),
    tried: toSideJson(figures.tried),
  }
}

function toSideJson({ requests, errors, firstEventP95Ms, meanCostUsd }: ArmFigures): JsonObject {
  return { requests, errors, ...defined({ first_event_p95_ms: firstEventP95Ms, cost_usd: meanCostUsd }) }
}
