import type { ReactNode } from 'react'
import { State, type Tone } from '../../parts/state.tsx'
import type { TimeWords } from '../../words/times.ts'
import type { Budget } from './use-budgets.ts'

const TONES: Readonly<Record<Budget['state'], Tone>> = {
  spent: 'bad',
  'runs-out': 'warn',
  tight: 'warn',
  lasts: 'good',
  unknown: 'soft',
}

/** Will it last? */
export function Outlook({
  budget,
  times,
}: {
  readonly budget: Budget
  readonly times: TimeWords
}): ReactNode {
  return <State tone={TONES[budget.state]}>{outlookText(budget, times)}</State>
}

/** The same in words. */
export function outlookText({ state, forecast }: Budget, times: TimeWords): string {
  switch (state) {
    case 'spent':
      return 'spent'
    case 'runs-out':
      return forecast?.exhausted_at === undefined
        ? 'runs out'
        : `runs out ${times.short(Date.parse(forecast.exhausted_at))}`
    case 'tight':
      return 'may not last'
    case 'lasts':
      return 'lasts'
    case 'unknown':
      return 'too little is known'
  }
}

/** What a window is called. */
export const WINDOW_NAMES: Readonly<Record<Budget['per'], string>> = {
  hour: 'hour',
  day: 'day',
  week: 'week',
  month: 'month',
  total: 'whole life',
}
