import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { State } from '../../parts/state.tsx'
import { readObjects, readText, isObject } from '../../words/reading.ts'

/** Whether the choice is the same today. */
export function ReplayLine({ replay }: { readonly replay: GetRequestsId['replay'] }): ReactNode {
  return replay === undefined ? null : <span className="replay">{told(replay)}</span>
}

function told({
  same,
  same_plan: samePlan,
  made,
  impossible,
}: NonNullable<GetRequestsId['replay']>): ReactNode {
  if (impossible !== undefined) return `It cannot be decided again: ${impossible}.`
  if (same === true)
    return (
      <State tone="good">
        decided again from its record, under the {samePlan === true ? 'same plan' : 'plan in force'}: the same
        choice
      </State>
    )
  const first = firstOf(made)
  return (
    <State tone="warn">
      under the plan in force it would be decided otherwise{first === undefined ? '' : `: ${first} first`}
    </State>
  )
}

/** Whom the steps of a choice put first. */
function firstOf(made: unknown): string | undefined {
  const steps = isObject(made) ? readObjects(made, 'steps') : readObjects({ made: made }, 'made')
  const rank = steps.find((step) => readText(step, 'step') === 'rank')
  const first = rank === undefined ? undefined : readObjects(rank, 'targets')[0]
  return first === undefined ? undefined : readText(first, 'target')
}
