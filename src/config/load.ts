import { defined } from '../kit/defined.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { checkConfig } from './check.ts'
import { parseConfigDocument } from './document.ts'
import { interpolate, type Environment } from './interpolate.ts'
import { layOver, managedProblems, shadowedProblem, type Layers } from './layers.ts'
import { isUsable, toConfigProblem, sortProblems, type ConfigProblem, type Locate } from './problems.ts'
import type { Config } from './schema.ts'
import { objectAt, objectKey } from './sections.ts'
import { resolveSecrets, type SecretsByReference, type StoredSecrets } from './secrets.ts'

/** The document below the file. */
export interface ManagedInput {
  /** Empty where nothing is managed. */
  readonly text: string
  /** `objectKey` of objects that must not be in the file as well; of others that are the file's hold, with a warning. */
  readonly own?: ReadonlySet<string>
}

/** What a configuration is made from. */
export interface ConfigInput {
  /** The text of the file; the empty text when there is none. */
  readonly text: string
  /** Absent: nothing is managed. */
  readonly managed?: ManagedInput
  /** Secrets that the store keeps, by their names; absent: none. */
  readonly stored?: StoredSecrets
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
  /** Absent where the file could not be read. */
  readonly layers?: Omit<Layers, 'value'>
  /** Reads further files that it names. */
  readonly readText: ConfigInput['readText']
  /** Both documents in one as they are written, nothing filled in. Absent where the file could not be read. */
  readonly written?: Json
}

/** Parses, fills in, checks and resolves a configuration. Never throws; everything that is wrong is in `problems`. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const parsed = parseConfigDocument(input.text)
  const { readText } = input
  if (parsed.document === undefined) return refused(parsed.problems, () => undefined)
  const { document } = parsed
  const managed = readManaged(input.managed)
  const filled = interpolate(document.value, input.fillable ?? input.environment)
  const { value, ...layers } = layOver(filled.value, managed.value)
  const written = layOver(document.value, managed.value).value
  const locate: Locate = (path) =>
    isManaged(layers, path) ? managed.locate(path) : document.locationOf(path)
  const early = [
    ...parsed.problems,
    ...managed.problems,
    ...filled.drafts.map((draft) => toConfigProblem(draft, locate)),
    ...layers.shadowed.map((object) => {
      const severity = input.managed?.own?.has(objectKey(object)) === true ? 'error' : 'warning'
      return toConfigProblem(shadowedProblem(object, severity), managed.locate)
    }),
  ]
  const checked = checkConfig(value, locate, input.schemaOf)
  if (checked.config === undefined || !isUsable(early)) {
    return refused([...early, ...withoutRepeats(checked.problems, early)], locate)
  }
  const { secrets, drafts } = resolveSecrets(checked.config, {
    ...input,
    strict: input.strict === true,
    isManaged: (path) => isManaged(layers, path),
  })
  const problems = sortProblems([...early, ...drafts.map((draft) => toConfigProblem(draft, locate))])
  return { config: checked.config, secrets, problems, locate, readText, layers, written }
}

function isManaged({ managed }: Pick<Layers, 'managed'>, path: Parameters<Locate>[0]): boolean {
  if (managed.size === 0) return false
  const object = objectAt(path)
  return object !== undefined && managed.has(objectKey(object))
}

interface ReadManaged {
  readonly value: Json
  readonly problems: readonly ConfigProblem[]
  readonly locate: Locate
}

function readManaged(managed: ManagedInput | undefined): ReadManaged {
  const nothing: ReadManaged = { value: {}, problems: [], locate: () => ({ layer: 'managed' }) }
  if (managed === undefined || managed.text === '') return nothing
  const { document, problems } = parseConfigDocument(managed.text)
  const told = problems.map((problem): ConfigProblem => ({ ...problem, layer: 'managed' }))
  if (document === undefined) return { ...nothing, problems: told }
  const locate: Locate = (path) => ({ ...defined({ ...document.locationOf(path) }), layer: 'managed' })
  const wrong = managedProblems(document.value).map((draft) => toConfigProblem(draft, locate))
  return { value: document.value, problems: [...told, ...wrong], locate }
}

function refused(problems: readonly ConfigProblem[], locate: Locate): LoadedConfig {
  return { secrets: new Map(), problems: sortProblems(problems), locate, readText: () => undefined }
}

/** One mistake, one message: what is reported already is not reported again for its consequences. */
function withoutRepeats(
  problems: readonly ConfigProblem[],
  early: readonly ConfigProblem[],
): readonly ConfigProblem[] {
  const paths = new Set(early.map(({ path }) => path))
  return problems.filter(({ path }) => !paths.has(path))
}
