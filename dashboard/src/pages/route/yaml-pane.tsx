import { useRef, type ReactNode } from 'react'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Icon } from '../../parts/icon.tsx'
import type { DraftProblem } from './use-draft.ts'

export interface YamlPaneProps {
  readonly text: string
  /** Absent: it can only be read. */
  readonly onEdit: ((text: string) => void) | undefined
  readonly problems: readonly DraftProblem[]
  /** What is known of it: `checking`, `valid`, nothing yet. */
  readonly state: 'checking' | 'valid' | 'mistakes' | undefined
}

/** The route as it is written. */
export function YamlPane({ text, onEdit, problems, state }: YamlPaneProps): ReactNode {
  const gutter = useRef<HTMLPreElement>(null)
  const wrong = new Set(problems.map(({ line }) => line))
  const lines = text.replace(/\n$/, '').split('\n')
  return (
    <section className="card" aria-labelledby="h-yaml">
      <header className="ruled">
        <h2 id="h-yaml">YAML</h2>
        <Badge state={state} mistakes={problems.length} />
        <CopyButton text={text} label="Copy the YAML" />
      </header>
      <div className="yaml">
        <pre ref={gutter} aria-hidden="true">
          {lines.map((_line, place) => (
            <span key={place} className={wrong.has(place + 1) ? 'is-wrong' : ''}>
              {place + 1}
              {'\n'}
            </span>
          ))}
        </pre>
        <textarea
          aria-label="YAML of the route"
          aria-invalid={problems.length > 0}
          aria-describedby="yaml-problems"
          spellCheck={false}
          autoCapitalize="off"
          rows={Math.max(lines.length + 1, 12)}
          value={text}
          readOnly={onEdit === undefined}
          onChange={({ target }) => onEdit?.(target.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current !== null) gutter.current.scrollTop = currentTarget.scrollTop
          }}
        />
      </div>
      <ul id="yaml-problems" className="problems" aria-live="polite">
        {problems.map(({ line, text: said }) => (
          <li key={`${line}-${said}`} className="bad small">
            {line === undefined ? '' : `Line ${line}: `}
            {said}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Badge({
  state,
  mistakes,
}: {
  readonly state: YamlPaneProps['state']
  readonly mistakes: number
}): ReactNode {
  if (state === 'checking') return <span className="small soft">checking</span>
  if (state === 'valid')
    return (
      <span className="badge good">
        <Icon name="check" small />
        valid
      </span>
    )
  if (state === undefined) return null
  return (
    <span className="badge bad">
      <Icon name="cross" small />
      {mistakes === 1 ? 'one mistake' : `${mistakes} mistakes`}
    </span>
  )
}
