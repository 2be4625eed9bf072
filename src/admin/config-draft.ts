import { z } from 'zod'
import { parseConfigDocument } from '../config/document.ts'
import { HIDDEN, restoreHidden } from '../config/hide-secrets.ts'
import { removeObject, setObject } from '../config/managed-text.ts'
import { valueAt } from '../config/schema-names.ts'
import { NAMED_SECTIONS, type ObjectName } from '../config/sections.ts'
import { parseJsonValue, type Json } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import { AdminProblem } from './problem.ts'
import type { ReleaseDesk } from './release-desk.ts'

/** What an object says, as JSON or as YAML: one of the two. */
export const OBJECT_VALUE = {
  value: z.json().optional().describe('The object, as JSON.'),
  yaml: z.string().max(LIMITS.adminBodyBytes).optional().describe('The same as YAML, instead of `value`.'),
}

const USUAL_LAST = 1_000
const LAST = `a whole number from 0 to ${LIMITS.whatIfRequests}`

/** A draft: a whole managed document, or one object of it. */
export const draftSchema = z.strictObject({
  managed: z.string().max(LIMITS.configBytes).optional().describe('A whole managed document.'),
  section: z.string().max(200).optional().describe('Instead of `managed`, one object: its section,'),
  name: z.string().max(200).optional().describe('its name,'),
  ...OBJECT_VALUE,
  remove: z.literal(true).optional().describe('Instead of what it says: it is removed.'),
  last: z
    .int({ error: LAST })
    .min(0, { error: LAST })
    .max(LIMITS.whatIfRequests, { error: LAST })
    .prefault(USUAL_LAST)
    .describe('It is compared over the newest so many requests; 0: over none.'),
})

export type Draft = z.output<typeof draftSchema>

/** The managed document that a draft means. Throws AdminProblem. */
export function draftText(draft: Draft, releases: Pick<ReleaseDesk, 'now'>): string {
  const { managed: before } = releases.now()
  const { managed, section, name, remove } = draft
  if (managed !== undefined) return managed
  if (section === undefined || name === undefined)
    throw new AdminProblem('invalid-request', {
      detail: 'A draft is `managed`, or `section` and `name` with `value`, `yaml` or `remove`.',
    })
  const object = knownSection({ section, name })
  if (remove === true) return removeObject(before, object)
  return setObject(before, object, readValue(draft, object, before))
}

/** The object, where there is such a section. Throws AdminProblem `not-found`. */
export function knownSection(object: ObjectName): ObjectName {
  if (NAMED_SECTIONS.has(object.section)) return object
  const known = [...NAMED_SECTIONS.keys()]
  throw new AdminProblem('not-found', {
    detail: `There is no section ${object.section.slice(0, 100)} of named objects. There are ${known.join(', ')}.`,
    nearest: nearestNames(object.section, known),
  })
}

/** What an object is to say, secrets that were hidden put back. Throws AdminProblem. */
export function readValue(
  { value, yaml }: { readonly value?: Json | undefined; readonly yaml?: string | undefined },
  { section, name }: ObjectName,
  managed: string,
): Json {
  if ((value === undefined) === (yaml === undefined))
    throw new AdminProblem('invalid-request', { detail: 'Say what it is by `value` or by `yaml`.' })
  const said = value ?? readYaml(yaml ?? '')
  const before = parseConfigDocument(managed).document?.value ?? {}
  const restored = restoreHidden(said, valueAt(before, [...(NAMED_SECTIONS.get(section) ?? []), name]))
  if (restored !== undefined) return restored
  throw new AdminProblem('invalid-request', {
    detail: `${HIDDEN} stands for a secret that was there before, and there was none. Write stored:NAME.`,
  })
}

/** The YAML of one object, which may be a list or a text as well: it is read as a member of a map. */
function readYaml(text: string): Json {
  const plain = parseJsonValue(text)
  if (plain !== undefined) return plain.value
  const indented = text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
  const { document, problems } = parseConfigDocument(`object:\n${indented}`)
  if (document !== undefined) return valueAt(document.value, ['object']) ?? null
  throw new AdminProblem('invalid-request', {
    detail: 'The YAML has mistakes.',
    errors: problems.map(({ message, line, column }) => ({
      path: 'yaml',
      message,
      ...(line === undefined ? {} : { line: line - 1, column: (column ?? 3) - 2 }),
    })),
  })
}
