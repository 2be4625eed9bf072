import type { z } from 'zod'
import { defined } from '../../kit/defined.ts'
import type { Secret } from '../../kit/secret.ts'
import type { Detector } from '../detector.ts'
import { GUARD_PHASES, type GuardPhase } from '../../exchange/guard.ts'
import type { GuardAction, Watching } from '../guardrail.ts'
import type { Letters } from '../hooks/letter.ts'
import type { ReuseLooker } from '../kept-lookers.ts'

/** What kinds work with. */
export interface KindParts {
  /** Everything that can be found in texts. */
  readonly detectors: readonly Detector[]
  /** Reads a file that the options name; relative paths start at the configuration. */
  readonly readText: (path: string) => string | undefined
  /** For what takes long to compile. */
  readonly reuse: ReuseLooker
  /** The guardrail that is made of it. */
  readonly rule: KindRule
  /** Gives the secret that a reference of the file stands for; undefined where it is missing, which is told elsewhere. */
  readonly secretOf: (reference: string) => Secret | undefined
  /** Asks other servers. */
  readonly letters: Letters
}

/** What a kind may have to know of the guardrail that is made of it. */
export interface KindRule {
  readonly name: string
  readonly action: GuardAction['type']
  readonly budgetMs: number
}

/** What they are prepared with. */
export type PrepareParts = Pick<KindParts, 'readText' | 'reuse'>

/** A secret that the options refer to, at a path below them. */
export interface KindSecret {
  readonly path: readonly (string | number)[]
  readonly reference: string
}

/** Something wrong with the options of a guardrail, at a path below them. */
export interface KindProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly hint?: string
}

/** What the file says a guardrail looks for, before it is known what there is to look with. */
export interface KindSettings {
  readonly kind: string
  /** Its options, as they were understood: what is compared when a file changes. */
  readonly said: unknown
  /** True where it judges whole texts and may have to wait for it. */
  readonly isCheck: boolean
  readonly phases: readonly GuardPhase[]
  /** What can be done where it has found something; absent: anything. */
  readonly actions?: readonly GuardAction['type'][]
  readonly secrets: readonly KindSecret[]
  /** How long it may usually take, where that is not what others may; milliseconds. */
  readonly usualMs?: number
  compile(parts: KindParts): Watching | { readonly problems: readonly KindProblem[] }
  /** Does what takes long to compile before it is compiled, so that others have their turn; absent where nothing takes long. */
  prepare(parts: PrepareParts, afterTurn: AfterTurn): Promise<void> | undefined
}

/** Calls back when others have had their turn. */
export type AfterTurn = (action: () => void) => void

/** What there is to say of a kind without running it. */
interface Described {
  /** The member of a guardrail in the file. */
  readonly name: string
  /** What it looks for, in words that read on from the name. */
  readonly summary: string
  readonly isCheck?: true
  /** What it can look at. Default: what is asked, and what is answered. */
  readonly phases?: readonly GuardPhase[]
  /** What can be done where it has found something: where it cannot tell places, nothing can be masked. Default: anything. */
  readonly actions?: readonly GuardAction['type'][]
}

interface Definition<Options> extends Described {
  /** What the file says below the name. */
  readonly options: z.ZodType<Options>
  /** The secrets that they refer to; absent: to none. */
  secrets?(options: Options): readonly KindSecret[]
  /** How long it may usually take, milliseconds. Default: as every check, or every looker. */
  usualMs?(options: Options): number | undefined
  compile(options: Options, parts: KindParts): Watching | { readonly problems: readonly KindProblem[] }
  prepare?(options: Options, parts: PrepareParts, afterTurn: AfterTurn): Promise<void> | undefined
}

/** Something that a guardrail can look for, as the list of all of them holds it. */
export interface GuardrailKind extends Described {
  /** Takes its options as the file has them. */
  readonly schema: z.ZodType<KindSettings>
}

/** Makes a kind of all that there is to say of it. */
export function defineKind<Options>({
  options,
  secrets,
  usualMs,
  compile,
  prepare,
  ...described
}: Definition<Options>): GuardrailKind {
  const { name, isCheck = false, phases = GUARD_PHASES, actions } = described
  const schema = options.transform((said) => ({
    kind: name,
    said,
    isCheck,
    phases,
    ...defined({ actions, usualMs: usualMs?.(said) }),
    secrets: secrets?.(said) ?? [],
    compile: (parts: KindParts) => compile(said, parts),
    prepare: (parts: PrepareParts, afterTurn: AfterTurn) => prepare?.(said, parts, afterTurn),
  }))
  return { ...described, schema }
}
