import type { ReactNode } from 'react'
import { duration } from '../words/numbers.ts'

/** A length of time, its unit set back. */
export function Duration({ ms }: { readonly ms: number }): ReactNode {
  const { value, unit } = duration(ms)
  return (
    <>
      {value} <span className="soft">{unit}</span>
    </>
  )
}
