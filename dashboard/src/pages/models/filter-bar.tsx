import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { GetModels } from '../../api/answers.ts'
import { useSettled } from '../../app/use-settled.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { Icon } from '../../parts/icon.tsx'
import { ABILITIES, isAbility } from './abilities.ts'
import type { ModelsSearch } from './models-search.ts'

export interface FilterBarProps {
  readonly search: ModelsSearch
  readonly providers: GetModels['providers']
}

/** What the list is narrowed by: a text, a provider, an ability, and whether models stand in it that nobody named. */
export function FilterBar({ search, providers }: FilterBarProps): ReactNode {
  const navigate = useNavigate({ from: '/models' })
  const choose = (change: ModelsSearch): void => void navigate({ search: { ...search, ...change } })
  const { known, provider, can, unpriced } = search
  return (
    <div className="row model-filters">
      <TextFilter key={search.q === undefined ? 'none' : 'some'} search={search} />
      <div className="seg" role="group" aria-label="Which models">
        <button type="button" aria-pressed={known === undefined} onClick={() => choose({ known: undefined })}>
          In use
        </button>
        <button type="button" aria-pressed={known !== undefined} onClick={() => choose({ known: 'true' })}>
          All known
        </button>
      </div>
      <select
        className="select"
        aria-label="Provider"
        value={provider ?? ''}
        onChange={({ target }) => choose({ provider: target.value || undefined })}
      >
        <option value="">All providers</option>
        {namesOf(providers, provider).map(({ name, models }) => (
          <option key={name} value={name}>
            {name} ({models})
          </option>
        ))}
      </select>
      <select
        className="select"
        aria-label="Ability"
        value={can ?? ''}
        onChange={({ target }) => choose({ can: isAbility(target.value) ? target.value : undefined })}
      >
        <option value="">Can do anything</option>
        {Object.entries(ABILITIES).map(([ability, word]) => (
          <option key={ability} value={ability}>
            {word}
          </option>
        ))}
      </select>
      <label className="check">
        <input
          type="checkbox"
          checked={unpriced !== undefined}
          onChange={({ target }) => choose({ unpriced: target.checked ? 'true' : undefined })}
        />
        Unpriced only
      </label>
    </div>
  )
}

/** The provider that was chosen stays in the list, also where none of its models is left. */
function namesOf(providers: GetModels['providers'], chosen: string | undefined): GetModels['providers'] {
  if (chosen === undefined || providers.some(({ name }) => name === chosen)) return providers
  return [...providers, { name: chosen, models: 0 }]
}

/** A text that names hold, asked for when typing has come to rest. */
function TextFilter({ search }: { readonly search: ModelsSearch }): ReactNode {
  const field = useRef<HTMLInputElement>(null)
  const navigate = useNavigate({ from: '/models' })
  const [text, setText] = useState(search.q ?? '')
  const settled = useSettled(text, 250)
  useShortcuts({ '/': () => field.current?.focus() })
  useEffect(() => {
    if (settled !== (search.q ?? ''))
      void navigate({ search: (before) => ({ ...before, q: settled.trim() || undefined }), replace: true })
    // The address follows the text, and not the other way round.
  }, [settled])
  return (
    <form className="query model-text" role="search" onSubmit={(event) => event.preventDefault()}>
      <Icon name="search" />
      <input
        ref={field}
        aria-label="Part of a name"
        placeholder="A model, a route, an alias"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && field.current?.blur()}
      />
      {text === '' ? <kbd aria-hidden="true">/</kbd> : null}
    </form>
  )
}
