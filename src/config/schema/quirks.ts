import { z } from 'zod'
import { DIALECTS } from '../../dialects/all.ts'
import type { Quirk, QuirkTable } from '../../dialects/quirks.ts'
import type { Quirks } from '../../exchange/target.ts'
import { flagSchema, textSchema } from './values.ts'

const COUNT = 'a whole number ≥ 0'

const KINDS = {
  flag: flagSchema,
  text: textSchema,
  texts: z.array(textSchema),
  names: z.record(textSchema, textSchema),
  count: z.int({ error: COUNT }).min(0, { error: COUNT }),
  number: z.number({ error: 'a number' }),
}

/** All quirks of all dialects. */
const QUIRKS: QuirkTable = Object.assign({}, ...DIALECTS.map(({ quirks }) => quirks))

/** Declared peculiarities of a server's wire, in the words of the file (snake_case, as wires write) and then in those of the house. */
export const quirksSchema = z
  .strictObject(Object.fromEntries(Object.entries(QUIRKS).flatMap(([name, quirk]) => memberOf(name, quirk))))
  .transform((written): Quirks => {
    const names = Object.keys(QUIRKS).map((name) => [toSnakeCase(name), name] as const)
    return Object.fromEntries(
      names.filter(([word]) => written[word] !== undefined).map(([word, name]) => [name, written[word]]),
    )
  })

function memberOf(name: string, { value, help }: Quirk): readonly [string, z.ZodType][] {
  if (typeof value === 'string') return [[toSnakeCase(name), KINDS[value].optional().describe(help)]]
  // What has a type of its own is for the tables of the house alone.
  return isWords(value)
    ? [
        [
          toSnakeCase(name),
          z
            .enum([...value])
            .optional()
            .describe(help),
        ],
      ]
    : []
}

function isWords(value: Quirk['value']): value is readonly string[] {
  return Array.isArray(value)
}

/** The word of the file for the name of a quirk in the house: `strict_tools` for `strictTools`. */
export function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
