import { z } from 'zod'
import { hideSecrets } from '../config/hide-secrets.ts'
import { parseConfigDocument } from '../config/document.ts'
import { formatPath } from '../config/problems.ts'
import { valueAt } from '../config/schema-names.ts'
import { NAMED_SECTIONS, objectKey, OTHER_SECTIONS, type ObjectName } from '../config/sections.ts'
import { entriesOf } from '../exchange/route.ts'
import { defined } from '../kit/defined.ts'
import { isObject, type Json, type JsonObject } from '../kit/json.ts'
import type { ReleaseDesk, ReleaseNow } from './release-desk.ts'

/** Where an object comes from. */
export const ORIGINS = ['file', 'managed', 'found', 'default'] as const

/** An object of the configuration in force. */
export const objectAnswer = z.object({
  section: z.string(),
  name: z.string(),
  origin: z
    .enum(ORIGINS)
    .describe(
      '`file`: read-only here; `managed`: can be changed here; `found` in the environment; `default`: nobody said otherwise.',
    ),
  path: z.string(),
  line: z.int().optional().describe('In the document that it comes from.'),
  value: z.unknown().describe('As it is written, secrets in plain text hidden.'),
  shadows: z
    .boolean()
    .optional()
    .describe('True where the managed document has one of this name as well, which does not hold.'),
})

export const settingsAnswer = z.object({
  section: z.string(),
  origin: z.enum(['file', 'default']),
  value: z.unknown().describe('As it is written; null: nothing is.'),
})

/** An object as it is listed. */
export interface ListedObject extends ObjectName {
  readonly origin: (typeof ORIGINS)[number]
  readonly path: string
  readonly line?: number
  readonly value: Json
  readonly shadows?: true
}

/** Lists every named object in force with its origin. */
export function listObjects(desk: Pick<ReleaseDesk, 'now' | 'schemaOf'>): readonly ListedObject[] {
  const now = desk.now()
  const schema = desk.schemaOf()
  const { loaded } = now.compiled
  const listed = [...NAMED_SECTIONS].flatMap(([section, path]) => {
    const objects = valueAt(loaded.written ?? {}, path)
    if (!isObject(objects)) return []
    return Object.entries(objects).map(([name, value]) =>
      toObjectJson({ section, name }, hideSecrets(value ?? null, schema, [...path, name]), now),
    )
  })
  return [...listed, ...foundProviders(now), ...defaultRoutes(now)]
}

/** One of them; undefined where there is none of this name. */
export function findObject(
  desk: Pick<ReleaseDesk, 'now' | 'schemaOf'>,
  { section, name }: ObjectName,
): ListedObject | undefined {
  const now = desk.now()
  const path = NAMED_SECTIONS.get(section)
  const objects = path === undefined ? undefined : valueAt(now.compiled.loaded.written ?? {}, path)
  if (path !== undefined && isObject(objects) && Object.hasOwn(objects, name)) {
    const value = hideSecrets(objects[name] ?? null, desk.schemaOf(), [...path, name])
    return toObjectJson({ section, name }, value, now)
  }
  const unwritten = [...foundProviders(now), ...defaultRoutes(now)]
  return unwritten.find((object) => object.section === section && object.name === name)
}

function toObjectJson(object: ObjectName, value: Json, { compiled }: ReleaseNow): ListedObject {
  const { layers, locate } = compiled.loaded
  const path = [...(NAMED_SECTIONS.get(object.section) ?? []), object.name]
  const isManaged = layers?.managed.has(objectKey(object)) === true
  const shadows = layers?.shadowed.some((one) => objectKey(one) === objectKey(object)) === true
  return {
    ...object,
    origin: isManaged ? 'managed' : 'file',
    path: formatPath(path),
    value,
    ...defined({ line: locate(path)?.line, shadows: shadows ? (true as const) : undefined }),
  }
}

/** Providers that nobody declared. */
function foundProviders({ compiled }: ReleaseNow): ListedObject[] {
  const declared = valueAt(compiled.loaded.written ?? {}, ['providers'])
  const names = new Set(isObject(declared) ? Object.keys(declared) : [])
  return compiled.providers
    .filter(({ name }) => !names.has(name))
    .map(({ name, from }) => ({
      section: 'providers',
      name,
      origin: 'found',
      path: formatPath(['providers', name]),
      value: { from },
    }))
}

/** Routes that are there although nobody wrote them. */
function defaultRoutes({ compiled }: ReleaseNow): ListedObject[] {
  const route = compiled.plan?.routes.get(AUTO)
  const { config } = compiled
  const isWritten =
    config?.auto !== undefined || config?.routes[AUTO] !== undefined || config?.models[AUTO] !== undefined
  if (route === undefined || isWritten) return []
  const value = entriesOf(route).map(({ target }) => target.id)
  return [{ section: 'routes', name: AUTO, origin: 'default', path: formatPath(['routes', AUTO]), value }]
}

const AUTO = 'auto'

/** Lists the sections that have no named objects. */
export function listSettings(desk: Pick<ReleaseDesk, 'now' | 'schemaOf'>): JsonObject[] {
  const { compiled } = desk.now()
  const schema = desk.schemaOf()
  const written = compiled.loaded.written ?? {}
  return [...OTHER_SECTIONS].map(([section, named]) => {
    const value = withoutMembers(valueAt(written, [section]) ?? null, named)
    return {
      section,
      origin: value === null ? 'default' : 'file',
      value: hideSecrets(value, schema, [section]),
    }
  })
}

function withoutMembers(value: Json, named: ReadonlySet<string>): Json {
  if (!isObject(value) || named.size === 0) return value
  const rest = Object.entries(value).filter(([name]) => !named.has(name))
  return rest.length === 0 ? null : Object.fromEntries(rest)
}

/** A document as it may be shown: its value as YAML, secrets in plain text hidden. Comments do not leave: who knows what is in them. */
export function showDocument(text: string, spell: (value: Json) => string, schema: JsonObject): string {
  if (text.trim() === '') return ''
  const value = parseConfigDocument(text).document?.value
  return value === undefined ? '' : spell(hideSecrets(value, schema))
}
