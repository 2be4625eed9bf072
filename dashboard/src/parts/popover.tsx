import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react'

export interface PopoverProps {
  /** What stands in the button. */
  readonly button: ReactNode
  /** What readers are told of the button, where its words are not enough. */
  readonly label?: string
  readonly className?: string
  /** `menu`: a list of acts; `dialog`: fields. */
  readonly kind: 'menu' | 'dialog'
  /** At which edge of the button it hangs. */
  readonly side?: 'left' | 'right'
  readonly children: (close: () => void) => ReactNode
  /** Gives whoever holds it the way to open it, for a key. */
  readonly opener?: RefObject<(() => void) | null>
}

/** Something that hangs at a button: closed by Escape, by a press elsewhere, and when the focus leaves; the focus goes back to the button. */
export function Popover(props: PopoverProps): ReactNode {
  const { button, label, className = 'btn', kind, side = 'right', children, opener } = props
  const [isOpen, setIsOpen] = useState(false)
  const box = useRef<HTMLSpanElement>(null)
  const anchor = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = (): void => {
    if (box.current?.contains(document.activeElement) === true) anchor.current?.focus()
    setIsOpen(false)
  }
  useOpener(opener, () => setIsOpen(true))
  usePressElsewhere(box, isOpen, () => setIsOpen(false))
  useEffect(() => {
    if (isOpen) firstIn(box.current)?.focus()
  }, [isOpen])
  const onKey = (event: KeyboardEvent): void => {
    if (!isOpen) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      event.preventDefault()
      close()
    } else if (kind === 'menu' && moveIn(box.current, event.key)) event.preventDefault()
  }
  return (
    <span
      ref={box}
      className="pop"
      onKeyDown={onKey}
      onBlur={(event) => {
        const { relatedTarget } = event
        if (relatedTarget instanceof Node && !event.currentTarget.contains(relatedTarget)) setIsOpen(false)
      }}
    >
      <button
        ref={anchor}
        type="button"
        className={className}
        aria-haspopup={kind}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={label}
        onClick={() => setIsOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen ? (
        <div id={id} role={kind} aria-label={label} className={`menu at-${side} ${kind}-panel`}>
          {children(close)}
        </div>
      ) : null}
    </span>
  )
}

function useOpener(opener: PopoverProps['opener'], open: () => void): void {
  useEffect(() => {
    if (opener === undefined) return
    opener.current = open
    return () => void (opener.current = null)
  })
}

function usePressElsewhere(box: RefObject<HTMLElement | null>, isOn: boolean, act: () => void): void {
  useEffect(() => {
    if (!isOn) return
    const onDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) act()
    }
    document.addEventListener('pointerdown', onDown)
    return () => document.removeEventListener('pointerdown', onDown)
  })
}

const INSIDE = '.menu a[href], .menu button:not([disabled]), .menu input, .menu select'

function firstIn(box: HTMLElement | null): HTMLElement | undefined {
  return [...(box?.querySelectorAll<HTMLElement>(INSIDE) ?? [])][0]
}

const STEPS: Readonly<Record<string, number | undefined>> = { ArrowDown: 1, ArrowUp: -1 }

/** Moves the focus through the acts of a menu; false where the key is none that does. */
function moveIn(box: HTMLElement | null, key: string): boolean {
  const step = STEPS[key]
  if (step === undefined) return false
  const acts = [...(box?.querySelectorAll<HTMLElement>(INSIDE) ?? [])]
  const at = acts.findIndex((act) => act === document.activeElement)
  acts[(at + step + acts.length) % acts.length]?.focus()
  return true
}
