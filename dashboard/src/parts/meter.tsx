import type { ReactNode } from 'react'

/** How much of something is used: a bar, and what it says in words. */
export function Meter({
  share,
  tone = 'var(--soft)',
  children,
}: {
  /** From 0; more than 1 fills it. */
  readonly share: number
  /** A colour of the design tokens. */
  readonly tone?: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <span className="inline-meter">
      <span className="meter" style={{ '--v': `${100 * Math.min(1, Math.max(0, share))}%`, '--c': tone }}>
        <i />
      </span>
      <span>{children}</span>
    </span>
  )
}
