import type { z } from 'zod'
import type { PathStep } from './problems.ts'
import { configSchema } from './schema.ts'

/** The path of a section whose members are objects with names: `['routes']`, or `['alerts', 'rules']`. */
export type SectionPath = readonly string[]

/** Read when the gateway starts, and not again. */
const AT_THE_START: ReadonlySet<string> = new Set(['telemetry'])

/** The sections of the file whose members have names, by the names of the sections: `routes`, `alerts.rules`. Only these can be managed. */
export const NAMED_SECTIONS: ReadonlyMap<string, SectionPath> = new Map(
  Object.entries(configSchema.shape)
    .flatMap(([name, schema]) => namedBelow(name, inside(schema)))
    .map((path) => [path.join('.'), path]),
)

/** What stands behind defaults and `optional`. */
function inside(schema: z.core.$ZodType): z.core.$ZodTypeDef {
  const { def } = schema._zod
  return 'innerType' in def ? inside(innerType(def)) : def
}

function innerType(def: object): z.core.$ZodType {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema library has a type for each wrapper, and all have this member
  return (def as { readonly innerType: z.core.$ZodType }).innerType
}

function namedBelow(name: string, def: z.core.$ZodTypeDef): SectionPath[] {
  if (def.type === 'record') return [[name]]
  if (def.type !== 'object' || AT_THE_START.has(name)) return []
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `type` says which definition it is
  const { shape } = def as z.core.$ZodObjectDef
  return Object.entries(shape)
    .filter(([, schema]) => inside(schema).type === 'record')
    .map(([member]) => [name, member])
}

/** Sections of the file that are no maps of names, or not as a whole, and which of their members are. */
export const OTHER_SECTIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.keys(configSchema.shape)
    .filter((section) => !NAMED_SECTIONS.has(section) && section !== 'keys')
    .map((section) => {
      const named = [...NAMED_SECTIONS.values()].filter(([first]) => first === section)
      return [section, new Set(named.map(([, member = '']) => member))]
    }),
)

/** An object of a section. */
export interface ObjectName {
  /** The section, as `NAMED_SECTIONS` calls it. */
  readonly section: string
  readonly name: string
}

/** The object that a path leads to or into; undefined for what is none. */
export function objectAt(path: readonly PathStep[]): ObjectName | undefined {
  for (const [section, steps] of NAMED_SECTIONS) {
    const name = path[steps.length]
    if (name !== undefined && steps.every((step, index) => step === path[index]))
      return { section, name: String(name) }
  }
  return undefined
}

/** The text by which maps know an object. */
export function objectKey({ section, name }: ObjectName): string {
  return `${section}\n${name}`
}
