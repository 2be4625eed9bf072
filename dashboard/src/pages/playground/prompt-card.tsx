import { useState, type KeyboardEvent, type ReactNode } from 'react'
import { Tabs, tabId } from '../../parts/tabs.tsx'
import { Parameters } from './parameters.tsx'
import type { Settings } from './settings.ts'
import type { ModelChoice } from './use-choices.ts'

const TABS = [
  { name: 'prompt', title: 'Prompt', rows: 5, hint: 'What is asked.' },
  { name: 'system', title: 'System', rows: 5, hint: 'What stands before the conversation.' },
  {
    name: 'tools',
    title: 'Tools',
    rows: 7,
    hint: 'A list in JSON: [{ "name": "weather", "description": "…", "parameters": { "type": "object" } }]. What it calls is shown, nothing is run.',
  },
  {
    name: 'schema',
    title: 'JSON schema',
    rows: 7,
    hint: 'The answer has to follow it: { "type": "object", "properties": { … } }.',
  },
] as const

type TabName = (typeof TABS)[number]['name']

export interface PromptCardProps {
  readonly settings: Settings
  readonly onChange: (settings: Settings) => void
  /** The models of all columns, for what can be said of them. */
  readonly models: readonly ModelChoice[]
  readonly onRun: () => void
  readonly children: ReactNode
}

/** What all columns are asked. */
export function PromptCard({ settings, onChange, models, onRun, children }: PromptCardProps): ReactNode {
  const [chosen, setChosen] = useState<TabName>('prompt')
  const tab = TABS.find(({ name }) => name === chosen) ?? TABS[0]
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) onRun()
  }
  return (
    <section className="card" aria-label="What is asked">
      <Tabs
        label="Parts of the request"
        tabs={TABS.map(({ name, title }) => ({
          name,
          title,
          isMarked: name !== 'prompt' && settings[name] !== '',
        }))}
        chosen={chosen}
        onChoose={setChosen}
        panel="asked"
        className="in-card"
      />
      <div className="body first stack">
        <div role="tabpanel" id="asked" aria-labelledby={tabId('asked', chosen)} className="field">
          <textarea
            id="asked-text"
            className={chosen === 'prompt' || chosen === 'system' ? 'input' : 'input mono'}
            aria-label={tab.title}
            aria-describedby="asked-hint"
            rows={tab.rows}
            value={settings[chosen]}
            spellCheck={false}
            onKeyDown={onKey}
            onChange={(event) => onChange({ ...settings, [chosen]: event.target.value })}
          />
          <span id="asked-hint" className="hint">
            {tab.hint}
          </span>
        </div>
        <Parameters settings={settings} onChange={onChange} models={models} />
        {children}
      </div>
    </section>
  )
}
