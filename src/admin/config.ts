import { z } from 'zod'
import { versionIn, changesIn } from './audit-terms.ts'
import { parseConfigDocument } from '../config/document.ts'
import { restoreHidden, HIDDEN } from '../config/hide-secrets.ts'
import { objectText } from '../config/managed-text.ts'
import { isUsable } from '../config/problems.ts'
import { LIMITS } from '../kit/limits.ts'
import type { JsonObject } from '../kit/json.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import {
  changeAnswer,
  configProblemAnswer,
  explainRefusal,
  madeAnswer,
  MADE_BY_OR_CLI,
  toChangeJson,
  toConfigProblemJson,
  toMadeJson,
  toVersionJson,
  versionAnswer,
} from './config-json.ts'
import { listObjects, listSettings, objectAnswer, settingsAnswer, showDocument } from './config-listing.ts'
import { draftText, draftSchema } from './config-draft.ts'
import { readTrial, TRIAL } from './config-trial.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { ReleaseDesk } from './release-desk.ts'
import { whatIfAnswer, type WhatIf } from './what-if.ts'

const configAnswer = z.object({
  version: versionAnswer.nullable().describe('The version in force; null where the store has not taken it.'),
  plan: z.string().describe('The version of the plan that new requests are decided under.'),
  file: z
    .object({
      path: z.string(),
      ok: z.boolean().describe('False when it was changed and cannot be used.'),
      drifted: z.boolean().describe('True when it is not what is in force: another version was put there.'),
    })
    .nullable(),
  left_out: z.array(configProblemAnswer).describe('Why the managed document is not in force; empty: it is.'),
  warnings: z.array(configProblemAnswer),
  objects: z.array(objectAnswer),
  settings: z.array(settingsAnswer).describe('Sections without named objects; they belong to the file.'),
})

const managedAnswer = z.object({
  managed: z.string().describe('YAML, secrets in plain text hidden; empty where nothing is managed.'),
})

const managedBody = z.strictObject({
  managed: z.string().max(LIMITS.configBytes).describe('The whole managed document, YAML or JSON.'),
  ...MADE_BY_OR_CLI,
  ...TRIAL,
})

const checkAnswer = z.object({
  ok: z.boolean(),
  problems: z.array(configProblemAnswer),
  changes: z.array(changeAnswer).describe('What it would change.'),
  what_if: whatIfAnswer.optional().describe('What it would have made of the requests in the log.'),
})

export interface ConfigRoutesNeeds {
  readonly releases: ReleaseDesk
  readonly whatIf: WhatIf
}

/** The text itself may hold secrets: the version tells what it has changed. */
const AUDITED = {
  subject: 'config-version',
  idIn: versionIn,
  tells: ['author', 'comment', 'by'],
  cameOf: changesIn,
} as const

/** The configuration in force, and what a draft would make of it. */
export function configRoutes({ releases, whatIf }: ConfigRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/config',
      summary: 'The configuration in force: every object, where it comes from, and what it says.',
      answer: { status: 200, schema: configAnswer },
      handle: () => jsonResponse(toConfigJson(releases)),
    },
    {
      method: 'GET',
      path: '/api/v1/config/managed',
      summary: 'The managed document: what is configured here and not in the file.',
      answer: { status: 200, schema: managedAnswer },
      handle: () =>
        jsonResponse({ managed: showDocument(releases.now().managed, objectText, releases.schemaOf()) }),
    },
    {
      method: 'PUT',
      path: '/api/v1/config/managed',
      summary: 'Puts another managed document in force, as a new version.',
      body: managedBody,
      maxBodyBytes: LIMITS.explainBodyBytes,
      audit: AUDITED,
      answer: { status: 200, schema: madeAnswer },
      async handle({ body }) {
        const { managed, trial, ...madeBy } = parseBody(managedBody, body)
        const made = await releases
          .change((before) => restoredText(managed, before), { ...madeBy, ...readTrial(trial) })
          .catch(explainRefusal)
        return jsonResponse(toMadeJson(made))
      },
    },
    {
      method: 'POST',
      path: '/api/v1/config/check',
      summary:
        'What is wrong with a draft, what it would change, and what would move. Nothing is put in force.',
      body: draftSchema,
      changesNothing: true,
      maxBodyBytes: LIMITS.explainBodyBytes,
      answer: { status: 200, schema: checkAnswer },
      async handle({ body }) {
        const asked = parseBody(draftSchema, body)
        const { compiled, changes } = releases.draft(draftText(asked, releases))
        const { plan, problems } = compiled
        return jsonResponse({
          ok: isUsable(problems),
          problems: problems.map(toConfigProblemJson),
          changes: changes.map(toChangeJson),
          ...(plan === undefined || asked.last === 0 ? {} : { what_if: await whatIf(plan, asked) }),
        })
      },
    },
  ]
}

function toConfigJson(releases: ReleaseDesk): JsonObject {
  const { version, compiled, file, healthy, drifted } = releases.now()
  return {
    version: version === undefined ? null : toVersionJson(version),
    plan: compiled.plan?.version ?? '',
    file: file === undefined ? null : { path: file, ok: healthy, drifted },
    left_out: (compiled.leftOut ?? []).map(toConfigProblemJson),
    warnings: compiled.problems.map(toConfigProblemJson),
    objects: listObjects(releases).map((object) => ({ ...object })),
    settings: listSettings(releases),
  }
}

/** A document that was shown and sent back has no secrets where they were hidden; they come from the one before. */
function restoredText(text: string, before: string): string {
  if (!text.includes(HIDDEN)) return text
  const [sent, known] = [text, before].map((one) => parseConfigDocument(one).document?.value)
  if (sent === undefined) return text
  const restored = restoreHidden(sent, known)
  if (restored !== undefined) return objectText(restored)
  throw new AdminProblem('invalid-request', {
    detail: `${HIDDEN} stands for a secret that was there before, and there was none. Write the secret, or stored:NAME.`,
  })
}
