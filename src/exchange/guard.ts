import type { Owners } from './owner.ts'

/** When a guardrail looks: at what is asked, or at what is answered. */
export const GUARD_PHASES = ['input', 'output'] as const

export type GuardPhase = (typeof GUARD_PHASES)[number]

/**
 * What a guardrail says of a request or an answer, from the mildest to the gravest. `failed`: it could not look, and nobody is kept from
 * going on for that.
 */
export const GUARD_VERDICTS = ['passed', 'flagged', 'failed', 'masked', 'restricted', 'blocked'] as const

export type GuardVerdict = (typeof GUARD_VERDICTS)[number]

/** How often each detector has found something, by its name. */
export type FoundCounts = Readonly<Record<string, number>>

/** What one guardrail has said in one phase. What it has found is counted, and never repeated. */
export interface GuardFinding {
  readonly guardrail: string
  readonly phase: GuardPhase
  readonly verdict: GuardVerdict
  /** Absent where nothing was found. */
  readonly found?: FoundCounts
  /** True where it only says what it would have done. */
  readonly shadow?: true
}

/** Guardrails have looked at what is asked, or at what is answered. */
export interface GuardStep {
  readonly step: 'guard'
  readonly phase: GuardPhase
  /** In the order of the file. */
  readonly verdicts: readonly Omit<GuardFinding, 'phase'>[]
}

/** What was masked has been put back in the answer. */
export interface RestoreStep {
  readonly step: 'restore'
  /** How many placeholders whose values the request says, by the guardrail that has masked them. */
  readonly restored: FoundCounts
  /** How many that were masked in other requests. */
  readonly remembered?: FoundCounts
  /** How many that nobody knows: the model has made them up, or they are forgotten. */
  readonly unknown?: number
}

/** What guardrails have said of an exchange so far. */
export class GuardRecord {
  readonly #findings: GuardFinding[] = []

  /** A guardrail has said something in a phase; what it says later of the same takes its place. There are no more of them than guardrails in two phases. */
  note(finding: GuardFinding): void {
    const place = this.#findings.findIndex(
      ({ guardrail, phase }) => guardrail === finding.guardrail && phase === finding.phase,
    )
    if (place < 0) this.#findings.push(finding)
    else this.#findings[place] = finding
  }

  get findings(): readonly GuardFinding[] {
    return this.#findings
  }

  /** Guardrails that have found something in what is asked and mean it. */
  get flags(): readonly string[] {
    return this.#findings
      .filter(({ phase, shadow, found }) => phase === 'input' && shadow !== true && found !== undefined)
      .map(({ guardrail }) => guardrail)
  }
}

/** The graver of two. */
export function graverVerdict(one: GuardVerdict, other: GuardVerdict): GuardVerdict {
  return GUARD_VERDICTS.indexOf(one) < GUARD_VERDICTS.indexOf(other) ? other : one
}

/** How many things were found. */
function countFound(found: FoundCounts | undefined): number {
  let sum = 0
  for (const name in found) sum += found[name] ?? 0
  return sum
}

/** What guardrails have said, of the steps of a decision; each in its phase, as it was said last. */
export function findingsOf(steps: readonly { readonly step: string }[]): readonly GuardFinding[] {
  const record = new GuardRecord()
  for (const step of steps)
    if (isGuardStep(step)) for (const verdict of step.verdicts) record.note({ ...verdict, phase: step.phase })
  return record.findings
}

function isGuardStep(step: { readonly step: string }): step is GuardStep {
  return step.step === 'guard'
}

const MOST_CHARACTERS = 1_024

/**
 * What guardrails have said, in short: `customer-data=masked(3);code-names=passed`, over both phases. Of those in shadow mode nothing;
 * undefined where nothing is left to tell.
 */
export function formatFindings(findings: readonly GuardFinding[]): string | undefined {
  const told = new Map<string, { verdict: GuardVerdict; count: number }>()
  for (const { guardrail, verdict, found, shadow } of findings) {
    if (shadow === true) continue
    const before = told.get(guardrail)
    told.set(guardrail, {
      verdict: before === undefined ? verdict : graverVerdict(before.verdict, verdict),
      count: (before?.count ?? 0) + countFound(found),
    })
  }
  if (told.size === 0) return undefined
  const parts = [...told].map(
    ([name, { verdict, count }]) => `${name}=${verdict}${count === 0 ? '' : `(${count})`}`,
  )
  return parts.join(';').slice(0, MOST_CHARACTERS)
}

/** Of whom and where a request is, for those who say where a guardrail looks. */
export interface GuardSubject {
  readonly route: string
  readonly keyName: string
  readonly project?: string | undefined
}

/** A value that is to be masked. */
export interface MaskedValue {
  readonly value: string
  /** The detector that found it. */
  readonly detector: string
  /** True where it may be put back in the answer. */
  readonly restore: boolean
  /** The guardrail that has it masked; absent where it is only tried. */
  readonly guardrail?: string
  /** How long it is remembered beyond the exchange; absent: not at all. */
  readonly rememberMs?: number
}

/** What stands in the place of values in one exchange: the same each time for the same value. */
export interface Placeholders {
  put(masked: MaskedValue): string
  /** The values that may be put back, by what stands in their place. */
  readonly restorable: ReadonlyMap<string, string>
  /** All that is masked, by what stands in its place. */
  readonly masked: ReadonlyMap<string, MaskedValue>
}

/** What placeholders of an exchange are made of. */
export interface PlaceholderScope {
  readonly owners: Owners
  /** What is asked; no placeholder that is put back may stand there already. */
  readonly texts: () => readonly string[]
}

/** Makes the placeholders of one exchange. */
export type CreatePlaceholders = (scope: PlaceholderScope) => Placeholders
