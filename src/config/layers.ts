import { isObject, type Json, type JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { formatPath, HIDDEN_VALUE, type PathStep, type ProblemDraft } from './problems.ts'
import { valueAt } from './schema-names.ts'
import { NAMED_SECTIONS, objectKey, type ObjectName, type SectionPath } from './sections.ts'

/** Two documents made one: the file, and below it what is managed by command, API and dashboard. */
export interface Layers {
  readonly value: Json
  /** `objectKey` of every object that comes from the managed document. */
  readonly managed: ReadonlySet<string>
  /** Objects of the managed document that the file has as well: the file's hold. */
  readonly shadowed: readonly ObjectName[]
  /** True where the file says nothing of providers and the managed document does: those that are found stay beside them. */
  readonly keepsFound: boolean
}

/** Lays the named objects of the managed document below the file, section by section and name by name. Nothing is merged inside an object. */
export function layOver(file: Json, managed: Json): Layers {
  let value = file
  const taken = new Set<string>()
  const shadowed: ObjectName[] = []
  for (const [section, path] of NAMED_SECTIONS) {
    const below = valueAt(managed, path)
    if (!isObject(below)) continue
    const above = valueAt(file, path) ?? {}
    // What stands there instead of a map is a mistake of the file, which is told.
    if (!isObject(above)) continue
    const names = Object.keys(below)
    shadowed.push(...names.filter((name) => Object.hasOwn(above, name)).map((name) => ({ section, name })))
    for (const name of names) if (!Object.hasOwn(above, name)) taken.add(objectKey({ section, name }))
    if (names.length > 0) value = withAt(value, path, { ...below, ...above })
  }
  const keepsFound = hasNone(file, ['providers']) && !hasNone(value, ['providers'])
  return { value, managed: taken, shadowed, keepsFound }
}

function hasNone(value: Json, path: SectionPath): boolean {
  return (valueAt(value, path) ?? null) === null
}

function withAt(value: Json, [step, ...rest]: SectionPath, part: Json): Json {
  if (step === undefined) return part
  const around: JsonObject = isObject(value) ? value : {}
  return { ...around, [step]: withAt(around[step] ?? null, rest, part) }
}

/** What is wrong with a managed document as such, whatever stands above it. */
export function managedProblems(managed: Json): ProblemDraft[] {
  return [...strangerProblems(managed), ...fillingProblems(managed)]
}

/** Sections without named objects belong to the file: how a gateway listens and where it keeps things is not changed while it runs. */
function strangerProblems(managed: Json): ProblemDraft[] {
  if (!isObject(managed)) return []
  const known = [...NAMED_SECTIONS.values()]
  return Object.entries(managed).flatMap(([name, section]) => {
    if (known.some((path) => path.length === 1 && path[0] === name)) return []
    const below = known.filter(([first]) => first === name).map(([, second = '']) => second)
    if (below.length === 0) return [stranger([name], [...NAMED_SECTIONS.keys()])]
    if (!isObject(section)) return []
    return Object.keys(section)
      .filter((member) => !below.includes(member))
      .map((member) => stranger([name, member], below))
  })
}

function stranger(path: readonly PathStep[], known: readonly string[]): ProblemDraft {
  const [nearest] = nearestNames(String(path.at(-1)), known, 1)
  const hint =
    nearest === undefined
      ? `Objects of these sections can be: ${known.join(', ')}.`
      : `Did you mean "${nearest}"?`
  return { path, message: 'this section cannot be managed here; it belongs to the file', hint }
}

/** Whoever writes it does not hold the machine: nothing of its environment is filled in. */
function fillingProblems(managed: Json): ProblemDraft[] {
  const drafts: ProblemDraft[] = []
  const visit = (part: Json, path: readonly PathStep[]): void => {
    if (typeof part === 'string') {
      if (/(?<!\$)\$\{\w/.test(part))
        drafts.push({ path, message: '${…} is filled in only in the file', ...WORDS })
    } else if (Array.isArray(part)) part.forEach((item: Json, index) => visit(item, [...path, index]))
    else if (isObject(part))
      for (const [name, item] of Object.entries(part)) visit(item ?? null, [...path, name])
  }
  visit(managed, [])
  return drafts
}

const WORDS = {
  value: HIDDEN_VALUE,
  hint: 'Write the value itself; secrets are kept and written as stored:NAME.',
}

/** What is told of an object that both documents have. */
export function shadowedProblem({ section, name }: ObjectName, severity: 'error' | 'warning'): ProblemDraft {
  const path = [...(NAMED_SECTIONS.get(section) ?? [section]), name]
  return {
    path,
    severity,
    message: 'stands in the file as well, which holds',
    hint: `Remove ${formatPath(path)} from one of the two.`,
  }
}
