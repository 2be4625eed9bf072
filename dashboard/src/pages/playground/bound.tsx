import type { ReactNode } from 'react'
import { useSettled } from '../../app/use-settled.ts'
import { Cost } from '../../parts/cost.tsx'
import { toBody, type Settings } from './settings.ts'
import { useBound } from './use-choices.ts'

/** Where a request would go and the most that it may cost, before it is sent. */
export function Bound({
  settings,
  model,
}: {
  readonly settings: Settings
  readonly model: string
}): ReactNode {
  const settled = useSettled(settings)
  const { data, error } = useBound(settled, model)
  const asked = toBody(settled, model)
  if ('mistake' in asked) return <p className="soft">{asked.mistake}</p>
  if (error !== null) return <p className="soft">What it may cost cannot be said: {error.message}</p>
  if (data === undefined) return <p className="soft sk-line" />
  const { failure, most, target, simulated = false } = data
  if (failure !== undefined)
    return (
      <p className="soft">
        It would be refused, <b className="strong">{failure.code}</b>: {failure.message}
      </p>
    )
  return (
    <p className="soft">
      Would go to <b className="strong">{target ?? 'nobody'}</b>, for{' '}
      {most === undefined ? (
        'a price that is not known'
      ) : (
        <>
          <Cost cost={most} simulated={simulated} /> at most, as budgets hold it
        </>
      )}
      .
    </p>
  )
}
