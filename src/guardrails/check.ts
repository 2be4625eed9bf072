import type { Ask } from '../exchange/ask.ts'
import type { Message } from '../exchange/collect.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { FoundCounts, GuardPhase } from '../exchange/guard.ts'
import type { Operation } from '../exchange/operations/all.ts'
import type { Found } from './looker.ts'

/** What a check is given: all texts of what is asked, or of what is answered, and by whom it may ask. */
export interface Checked {
  readonly phase: GuardPhase
  /** Each of them once, as other guardrails have left them; none of them is blank. */
  readonly texts: readonly string[]
  /** The parent of what it asks: in the time that the check has, under what holds for the request, and whatever models its caller may use. */
  readonly exchange: Exchange
  /** Absent where no model can be asked. */
  readonly ask?: Ask
  /** Aborted when the time is over, or nobody wants to know any more. */
  readonly signal: AbortSignal
  /** What is answered, where it is an answer in a conversation. */
  readonly answer?: Message
  /** True where what the check puts in the place of texts (`instead`) would be told. */
  readonly mayMend?: boolean
}

/** What a check says. */
export interface CheckFinding {
  /** Absent where nothing was found. */
  readonly found?: FoundCounts
  /** Where it stands, by the text, where the check can tell: only these can be masked. */
  readonly places?: ReadonlyMap<string, readonly Found[]>
  /** What mends the answer, by the text whose place it takes: then nothing else has to follow from what was found. */
  readonly instead?: ReadonlyMap<string, string>
}

/** Why a check cannot tell, in words that may stand in the log: they repeat nothing of what was judged or answered. */
export class CannotTell extends Error {}

/** Whom a check asks. */
export interface AskedByCheck {
  /** A route, or a model at a provider. */
  readonly model: string
  readonly operation: Operation
}

/** Judges whole texts, and may ask a model or another server. */
export interface Check {
  /** True where it may mend answers, which are held for that until they were judged. */
  readonly mends?: boolean
  /** Whom it asks each time; absent where that is nobody, or a server that is no model. */
  readonly asks?: AskedByCheck
  /** Rejects where it cannot tell: with `CannotTell`, with the `Failure` of what it has asked, or with a defect. */
  judge(checked: Checked): Promise<CheckFinding>
}
