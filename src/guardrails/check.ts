import type { Ask } from '../exchange/ask.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { FoundCounts, GuardPhase } from '../exchange/guard.ts'
import type { Found } from './looker.ts'

/** What a check is given: all texts of what is asked, or of what is answered, and by whom it may ask. */
export interface Checked {
  readonly phase: GuardPhase
  readonly texts: readonly string[]
  readonly exchange: Exchange
  /** Absent where no model can be asked. */
  readonly ask?: Ask
  /** Aborted when the time is over, or nobody wants to know any more. */
  readonly signal: AbortSignal
}

/** What a check says. */
export interface CheckFinding {
  /** Absent where nothing was found. */
  readonly found?: FoundCounts
  /** Where it stands, by the text, where the check can tell: only these can be masked. */
  readonly places?: ReadonlyMap<string, readonly Found[]>
}

/** Judges whole texts, and may ask a model or another server. */
export interface Check {
  /** Rejects where it cannot tell. */
  judge(checked: Checked): Promise<CheckFinding>
}
