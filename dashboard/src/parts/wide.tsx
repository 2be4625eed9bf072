import { useEffect, useRef, useState, type ReactNode } from 'react'

export interface WideProps {
  /** What is in it, for readers that come to it with the keyboard. */
  readonly label: string
  readonly className?: string
  readonly children: ReactNode
}

/** A table that scrolls inside of its card where it does not fit, and can then be reached and scrolled with keys. */
export function Wide({ label, className, children }: WideProps): ReactNode {
  const ref = useRef<HTMLDivElement>(null)
  const [scrolls, setScrolls] = useState(false)
  useEffect(() => {
    const { current } = ref
    if (current === null) return
    const observer = new ResizeObserver(() => setScrolls(current.scrollWidth > current.clientWidth))
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  const reachable = scrolls ? { tabIndex: 0, role: 'group', 'aria-label': label } : {}
  return (
    <div ref={ref} className={className === undefined ? 'wide' : `wide ${className}`} {...reachable}>
      {children}
    </div>
  )
}
