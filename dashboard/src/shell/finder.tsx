import { useNavigate } from '@tanstack/react-router'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { Icon, type IconName } from '../parts/icon.tsx'
import { ALL_PLACES } from './places.ts'

interface Find {
  readonly id: string
  readonly name: string
  readonly icon: IconName
  readonly hint?: string
  readonly act: () => void
}

/** An id of a request or of its decision, as it is pasted: with what stood around it. */
const ID = /\b(?:req|dec)_([0-9A-Za-z]+)\b/

/** Goes to a page or to whatever an id names. */
export function Finder({ onClose }: { readonly onClose: () => void }): ReactNode {
  const ref = useRef<HTMLDialogElement>(null)
  const listId = useId()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const found = useFinds(text)
  useEffect(() => ref.current?.showModal(), [])
  const act = (find: Find | undefined): void => {
    if (find === undefined) return
    onClose()
    find.act()
  }
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setChosen((index) => (index + step + found.length) % Math.max(1, found.length))
    else if (event.key === 'Enter') act(found[chosen])
    else return
    event.preventDefault()
  }
  return (
    <dialog
      ref={ref}
      className="finder"
      aria-label="Search or jump to"
      onClose={onClose}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="field-row">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Page or id"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={found[chosen] === undefined ? undefined : `${listId}-${chosen}`}
          placeholder="A page, or an id: req_… or dec_…"
          autoFocus
          value={text}
          onKeyDown={onKey}
          onChange={(event) => {
            setText(event.target.value)
            setChosen(0)
          }}
        />
      </div>
      <Finds id={listId} found={found} chosen={chosen} onChoose={setChosen} onAct={act} />
      {found.length === 0 ? (
        <p>No page is called so. Ids of requests begin with req_, those of decisions with dec_.</p>
      ) : null}
    </dialog>
  )
}

function useFinds(text: string): readonly Find[] {
  const navigate = useNavigate()
  const id = ID.exec(text)?.[1]
  if (id !== undefined) {
    const request = `req_${id}`
    const act = (): void => void navigate({ to: '/requests/$id', params: { id: request } })
    return [{ id: request, name: `Open ${request}`, icon: 'requests', act }]
  }
  const wanted = text.trim().toLowerCase()
  return ALL_PLACES.filter(({ name }) => name.toLowerCase().includes(wanted)).map(
    ({ to, name, icon, key }) => ({
      id: to,
      name,
      icon,
      hint: `g ${key}`,
      act: () => void navigate({ to }),
    }),
  )
}

interface FindsProps {
  readonly id: string
  readonly found: readonly Find[]
  readonly chosen: number
  readonly onChoose: (index: number) => void
  readonly onAct: (find: Find) => void
}

function Finds({ id, found, chosen, onChoose, onAct }: FindsProps): ReactNode {
  return (
    <ul id={id} role="listbox" aria-label="Found">
      {found.map((find, index) => (
        <li
          key={find.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          onMouseMove={() => onChoose(index)}
          onClick={() => onAct(find)}
        >
          <Icon name={find.icon} />
          {find.name}
          {find.hint === undefined ? null : <kbd>{find.hint}</kbd>}
        </li>
      ))}
    </ul>
  )
}
