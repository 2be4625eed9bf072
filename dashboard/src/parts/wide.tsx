import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'

export interface WideProps {
  /** What is in it, for readers that come to it with the keyboard. */
  readonly label: string
  readonly className?: string
  readonly children: ReactNode
}

/**
 * A table that scrolls inside of its card where it does not fit, and can then be reached and scrolled with keys. Where it fits nothing
 * scrolls, so that its head can stay on top of the window.
 */
export function Wide({ label, className = '', children }: WideProps): ReactNode {
  const ref = useRef<HTMLDivElement>(null)
  const [scrolls, setScrolls] = useState(false)
  useLayoutEffect(() => {
    const { current } = ref
    if (current === null) return
    const measure = (): void => setScrolls(current.scrollWidth > current.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    for (const child of current.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  const reachable = scrolls ? { tabIndex: 0, role: 'group', 'aria-label': label } : {}
  const classes = ['wide', scrolls ? 'scrolls' : '', className].filter((one) => one !== '').join(' ')
  return (
    <div ref={ref} className={classes} {...reachable}>
      {children}
    </div>
  )
}
