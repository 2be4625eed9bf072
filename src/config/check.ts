import { isObject, type Json, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { isKeyNotYet, isValueNotYet } from './not-yet.ts'
import { toConfigProblem, type ConfigProblem, type Locate } from './problems.ts'
import { configSchema, type Config } from './schema.ts'
import { describeIssues } from './schema-issues.ts'
import { configJsonSchema } from './schema-names.ts'

export type CheckedConfig =
  | { readonly config: Config; readonly problems: readonly [] }
  | { readonly config?: undefined; readonly problems: readonly ConfigProblem[] }

/**
 * Checks a parsed file against the schema. All problems are reported, in words of the file.
 *
 * @param schemaOf the JSON Schema of the file, which is asked for where there are problems
 */
export function checkConfig(
  value: Json,
  locate: Locate,
  schemaOf: () => JsonObject = configJsonSchema,
): CheckedConfig {
  const result = configSchema.safeParse(withoutEmptySections(value))
  if (result.success) return { config: result.data, problems: [] }
  const schema = schemaOf()
  const drafts = describeIssues(result.error.issues, { value, schema, isKeyNotYet, isValueNotYet })
  return { problems: drafts.slice(0, LIMITS.configProblems).map((draft) => toConfigProblem(draft, locate)) }
}

/** A section of which only the name is left (`routes:` with everything below it commented out) counts as absent. */
function withoutEmptySections(value: Json): Json {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null))
}
