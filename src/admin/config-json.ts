import { z } from 'zod'
import { tellChange, type ConfigChange } from '../config/changes.ts'
import type { ConfigProblem } from '../config/problems.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { VERSION_MAKERS, VERSION_STATES, type ConfigVersion } from '../store/releases.ts'
import { AdminProblem, type ProblemDetail } from './problem.ts'
import { ReleaseRefused, TrialUnderWay, type MadeVersion } from './release-desk.ts'
import { toTimeJson } from './to-json.ts'

/** A version of the configuration as it is answered. */
export const versionAnswer = z.object({
  number: z.int(),
  at: z.iso.datetime(),
  by: z.enum(VERSION_MAKERS).describe('Whether the file, the command line or the admin API made it.'),
  author: z.string().optional().describe('The name that was given with it.'),
  comment: z.string().optional(),
  of: z.int().optional().describe('The version whose texts it put in force again.'),
  hash: z.string().describe('How the plan versions of requests end that were decided under it.'),
  changes: z.array(z.string()).describe('What it changed, in plain words.'),
  left_out: z.string().optional().describe('Why the managed document is not part of it.'),
  state: z.enum(VERSION_STATES),
  verdict: z.string().optional().describe('Why it has this state.'),
})

export function toVersionJson(version: ConfigVersion): JsonObject {
  const { number, atMs, by, hash, changes, state } = version
  const { author, comment, of, leftOut, verdict } = version
  return {
    number,
    at: toTimeJson(atMs),
    by,
    hash,
    changes: [...changes],
    state,
    ...defined({ author, comment, of, left_out: leftOut, verdict }),
  }
}

/** What made, tried or ended a version. */
export const madeAnswer = z.object({
  version: versionAnswer,
  changed: z
    .boolean()
    .describe('False where everything was so before; then the version is the one in force.'),
})

export function toMadeJson({ version, isNew }: MadeVersion): JsonObject {
  return { version: toVersionJson(version), changed: isNew }
}

export const changeAnswer = z.object({
  section: z.string(),
  name: z.string().optional().describe('Absent: the section as a whole.'),
  kind: z.enum(['added', 'changed', 'removed']),
  text: z.string().describe('The change in plain words.'),
})

export function toChangeJson(change: ConfigChange): JsonObject {
  const { section, name, kind } = change
  return { section, kind, text: tellChange(change), ...defined({ name }) }
}

export const configProblemAnswer = z.object({
  severity: z.enum(['error', 'warning']),
  layer: z.enum(['file', 'managed']),
  path: z.string(),
  message: z.string(),
  value: z.string().optional().describe('What was found, shortened; never a secret.'),
  hint: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
})

export function toConfigProblemJson(problem: ConfigProblem): JsonObject {
  const { severity, layer = 'file', path, message, value, hint, line, column } = problem
  return { severity, layer, path, message, ...defined({ value, hint, line, column }) }
}

/** Who makes a version, and why: the members of every body that makes one. */
export const MADE_BY = {
  comment: z.string().min(1).max(2_000).optional().describe('Why. It stands with the version.'),
  author: z.string().min(1).max(200).optional().describe('Who. It stands with the version.'),
}

/** The same, where a command may say that it is one. */
export const MADE_BY_OR_CLI = {
  ...MADE_BY,
  by: z.enum(['cli', 'api']).default('api').describe('What asks.'),
}

/** Makes of a refused configuration the problem that names every mistake in it. */
export function explainRefusal(thrown: unknown): never {
  if (thrown instanceof TrialUnderWay)
    throw new AdminProblem('being-tried', {
      detail: `Version ${thrown.number} is being tried on a share of the requests. Promote it or give it up first.`,
    })
  if (!(thrown instanceof ReleaseRefused)) throw thrown
  throw new AdminProblem('invalid-request', {
    detail: 'The configuration has mistakes; nothing was changed.',
    errors: thrown.problems.map(toDetail),
  })
}

function toDetail({ path, message, value, hint, layer, line, column }: ConfigProblem): ProblemDetail {
  return {
    path,
    message: value === undefined ? message : `${message}, found ${value}`,
    ...defined({ hint, layer, line, column }),
  }
}
