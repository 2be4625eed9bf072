import type { KeyboardEvent, ReactNode } from 'react'

/** A part of a page, of which one is shown at a time. */
export interface Tab<Name extends string> {
  readonly name: Name
  readonly title: string
  /** A mark that there is something in it. */
  readonly isMarked?: boolean
}

export interface TabsProps<Name extends string> {
  /** Whose parts they are. */
  readonly label: string
  readonly tabs: readonly Tab<Name>[]
  readonly chosen: Name
  readonly onChoose: (name: Name) => void
  /** What the panel of them all is called; it names `tabId` as what it is labelled by. */
  readonly panel: string
  readonly className?: string
}

/** The id of the tab of a panel. */
export function tabId(panel: string, name: string): string {
  return `${panel}-tab-${name}`
}

/** A row of tabs: arrows, Home and End go from one to the next, and what is come to is shown. */
export function Tabs<Name extends string>(props: TabsProps<Name>): ReactNode {
  const { label, tabs, chosen, onChoose, panel, className = '' } = props
  return (
    <div className={`tabs ${className}`.trim()} role="tablist" aria-label={label} onKeyDown={moveTab}>
      {tabs.map(({ name, title, isMarked = false }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={tabId(panel, name)}
          aria-selected={name === chosen}
          aria-controls={panel}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {title}
          {isMarked ? <span className="mark-on" /> : null}
        </button>
      ))}
    </div>
  )
}

/** Where a key leads from a place among so many. */
const MOVES: Readonly<Record<string, ((at: number, many: number) => number) | undefined>> = {
  ArrowLeft: (at, many) => (at - 1 + many) % many,
  ArrowRight: (at, many) => (at + 1) % many,
  Home: () => 0,
  End: (_at, many) => many - 1,
}

function moveTab(event: KeyboardEvent<HTMLDivElement>): void {
  const move = MOVES[event.key]
  if (move === undefined) return
  const tabs = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('[role=tab]')]
  const next =
    tabs[
      move(
        tabs.findIndex((tab) => tab === document.activeElement),
        tabs.length,
      )
    ]
  event.preventDefault()
  next?.focus()
  next?.click()
}
