import { readText, type Unread } from '../../words/reading.ts'

/** The budget that is looked at from near. */
export interface BudgetFocus {
  readonly budget?: string
}

/** What an address says of the page. */
export function readFocus(search: Unread): BudgetFocus {
  const budget = readText(search, 'budget')
  return budget === undefined || budget === '' ? {} : { budget }
}
