import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { DeleteDemo, GetDemo } from '../api/answers.ts'
import { useServices } from '../app/services.tsx'
import { Icon } from '../parts/icon.tsx'
import { Failed } from '../parts/notices.tsx'

/** Above every page of the demo workspace: that nothing here is real, and how it goes. */
export function DemoBanner(): ReactNode {
  const { ask } = useServices()
  const { data } = useQuery({
    queryKey: ['demo'],
    queryFn: ({ signal }) => ask<GetDemo>('/api/v1/demo', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const removing = useMutation({ mutationFn: () => ask<DeleteDemo>('/api/v1/demo', { method: 'DELETE' }) })
  if (data?.state !== 'here') return null
  if (removing.error !== null)
    return <Failed error={removing.error} what="The demo data was not removed." retry={removing.mutate} />
  return (
    <section className="demo" aria-label="Demo data">
      <Icon name="info" small />
      {removing.isSuccess ? (
        <span>The demo data is removed. What is started in its place says in the terminal where it is.</span>
      ) : (
        <>
          <span>
            <b>Demo data.</b>{' '}
            <span className="words">Invented traffic of an invented company; no provider is asked.</span>
          </span>
          <button
            type="button"
            className="btn s"
            aria-disabled={removing.isPending}
            onClick={() => removing.mutate()}
          >
            {removing.isPending ? <span className="spin" /> : null}Remove
          </button>
        </>
      )}
    </section>
  )
}
