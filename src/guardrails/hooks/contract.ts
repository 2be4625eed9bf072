import type { z } from 'zod'
import type { Exchange } from '../../exchange/exchange.ts'
import type { GuardPhase } from '../../exchange/guard.ts'
import type { Json } from '../../kit/json.ts'
import type { Secret } from '../../kit/secret.ts'
import type { Letter } from './letter.ts'
import type { Reading } from './seen.ts'

/** What a server is asked about. */
export interface Asked {
  readonly guardrail: string
  readonly phase: GuardPhase
  /** Each once, none without a word. */
  readonly texts: readonly string[]
  readonly exchange: Exchange
}

/** A letter, and what its answer means. */
export interface Question extends Letter {
  /** Reads an answer that is JSON. Believes nothing of it. */
  read(answer: Json): Reading
}

/** Asks one server, as the file says. */
export interface Hook {
  /** The letters by which it is asked; none where it has nothing to say in a phase. */
  ask(asked: Asked): readonly Question[]
}

/** Something wrong with the options of a hook. */
export interface HookProblem {
  readonly option: string
  readonly message: string
  readonly hint?: string
}

/** Gives the secret that a reference stands for; undefined where there is none. */
export type SecretOf = (reference: string | undefined) => Secret | undefined

interface Definition<Shape extends Options> {
  /** How the file calls it. */
  readonly type: string
  /** Whose server it is, and what it can be asked, for people. */
  readonly says: string
  /** False where it never says where something stands, so that nothing can be masked. */
  readonly tellsPlaces: boolean
  /** Optional ones are so without a default of the schema's; none may change what it takes. */
  readonly options: z.ZodObject<Shape>
  /** Which of them are references to secrets. */
  readonly secrets: readonly (keyof Shape & string)[]
  /** What the options mean; every secret that they refer to is known. */
  open(options: z.output<z.ZodObject<Shape>>, secretOf: SecretOf): Hook | HookProblem
}

type Options = Readonly<Record<string, z.ZodType>>

/** What was written of a hook, before there is anything to ask with. */
export interface WrittenHook {
  readonly secrets: readonly { readonly option: string; readonly reference: string }[]
  /** Undefined where a secret is missing. */
  open(secretOf: SecretOf): Hook | HookProblem | undefined
}

/** The contract of a kind of server: what the file says of one, how it is asked, and how it answers. */
export interface Contract {
  readonly type: string
  readonly says: string
  readonly tellsPlaces: boolean
  /** Each option by its name. */
  readonly options: Options
  /** Takes the options as they are written; the problems of those that it does not take. */
  read(
    written: Readonly<Record<string, unknown>>,
  ): WrittenHook | { readonly issues: readonly z.core.$ZodIssue[] }
}

/** Makes a contract of all that there is to say of it. */
export function defineContract<Shape extends Options>(definition: Definition<Shape>): Contract {
  const { type, says, tellsPlaces, options, secrets, open } = definition
  return {
    type,
    says,
    tellsPlaces,
    options: options.shape,
    read(written) {
      const read = options.safeParse(written)
      if (!read.success) return { issues: read.error.issues }
      const referred = secrets.flatMap((option) => {
        const reference = written[option]
        return typeof reference === 'string' ? [{ option, reference }] : []
      })
      return {
        secrets: referred,
        open: (secretOf) =>
          referred.some(({ reference }) => secretOf(reference) === undefined)
            ? undefined
            : open(read.data, secretOf),
      }
    },
  }
}
