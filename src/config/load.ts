import type { JsonObject } from '../kit/json.ts'
import { checkConfig } from './check.ts'
import { parseConfigDocument } from './document.ts'
import { interpolate, type Environment } from './interpolate.ts'
import { isUsable, toConfigProblem, sortProblems, type ConfigProblem, type Locate } from './problems.ts'
import type { Config } from './schema.ts'
import { resolveSecrets, type SecretsByReference } from './secrets.ts'

/** What a configuration is made from. */
export interface ConfigInput {
  /** The text of the file; the empty text when there is none. */
  readonly text: string
  readonly environment: Environment
  /** Variables that may be filled in as `${NAME}`; absent: all. */
  readonly fillable?: Environment
  /** Reads files that secrets are kept in; relative paths start at the configuration file. */
  readonly readText: (path: string) => string | undefined
  /** Warnings become errors. */
  readonly strict?: boolean
  /** The JSON Schema of the file, which takes tens of milliseconds to make: whoever loads often keeps it. Absent: it is made. */
  readonly schemaOf?: () => JsonObject
}

/** A configuration as far as it could be read. `config` is there when its form is right; its secrets may still be missing. */
export interface LoadedConfig {
  readonly config?: Config
  readonly secrets: SecretsByReference
  /** In the order of the file. */
  readonly problems: readonly ConfigProblem[]
  /** The place of a path in the file, for problems found later. */
  readonly locate: Locate
}

/** Parses, fills in, checks and resolves a configuration. Never throws; everything that is wrong is in `problems`. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const parsed = parseConfigDocument(input.text)
  if (parsed.document === undefined) return refused(parsed.problems, () => undefined)
  const { document } = parsed
  const locate: Locate = (path) => document.locationOf(path)
  const filled = interpolate(document.value, input.fillable ?? input.environment)
  const early = [...parsed.problems, ...filled.drafts.map((draft) => toConfigProblem(draft, locate))]
  const checked = checkConfig(filled.value, locate, input.schemaOf)
  if (checked.config === undefined || !isUsable(early)) {
    return refused([...early, ...withoutRepeats(checked.problems, early)], locate)
  }
  const { secrets, drafts } = resolveSecrets(checked.config, { ...input, strict: input.strict === true })
  const problems = sortProblems([...early, ...drafts.map((draft) => toConfigProblem(draft, locate))])
  return { config: checked.config, secrets, problems, locate }
}

function refused(problems: readonly ConfigProblem[], locate: Locate): LoadedConfig {
  return { secrets: new Map(), problems: sortProblems(problems), locate }
}

/** One mistake, one message: what is reported already is not reported again for its consequences. */
function withoutRepeats(
  problems: readonly ConfigProblem[],
  early: readonly ConfigProblem[],
): readonly ConfigProblem[] {
  const paths = new Set(early.map(({ path }) => path))
  return problems.filter(({ path }) => !paths.has(path))
}
