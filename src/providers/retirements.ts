import type { Capabilities } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'

/** The announced end of some of a provider's models. */
export interface Retirement {
  /** The models, by their names at the provider. */
  readonly models: RegExp
  /** The day on which they are retired, `YYYY-MM-DD`. */
  readonly on: string
  /** What the provider recommends in their place. */
  readonly successor?: string
}

/** What a provider announces of its models' ends. */
interface Announcements {
  readonly retirements?: readonly Retirement[]
  readonly listsEarliestDays?: boolean
}

type EndFacts = Pick<Capabilities, 'retiresOn' | 'retiresAtEarliest' | 'successor'>

/** The end of a model: as its provider's row announces it, else the day that a list has, for what that is worth. */
export function endOf(
  model: string,
  { retirements = [], listsEarliestDays }: Announcements,
  { retiresOn }: Capabilities,
): EndFacts {
  const row = retirements.find(({ models }) => models.test(model))
  if (row !== undefined) return { retiresOn: row.on, ...defined({ successor: row.successor }) }
  return retiresOn !== undefined && listsEarliestDays === true ? { retiresAtEarliest: true } : {}
}
