import { useSearch } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { Failed, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { counted } from '../../words/numbers.ts'
import { AnswerCard } from './answer-card.tsx'
import { CodeDialog } from './code-dialog.tsx'
import { CompareCard } from './compare-card.tsx'
import { fromContent } from './from-content.ts'
import { PromptCard } from './prompt-card.tsx'
import { FIRST_SETTINGS, toBody, type Settings } from './settings.ts'
import { useChoices, useOrigin, useOriginContent, type ModelChoice } from './use-choices.ts'
import { MOST_COLUMNS, useRuns, type Runs } from './use-runs.ts'

const TIMES = [1, 3, 5, 10] as const

/** Which model for this prompt? */
export function PlaygroundPage(): ReactNode {
  const { request, model: wanted } = useSearch({ from: '/playground' })
  const choices = useChoices()
  const origin = useOrigin(request)
  const runs = useRuns()
  const [settings, setSettings] = useState(FIRST_SETTINGS)
  const [times, setTimes] = useState(1)
  const said = useSaid(request, setSettings)
  const models = choices.data?.models ?? []
  useFirstColumn({
    runs,
    wanted: wanted ?? origin.data?.requested_model,
    isWaiting: origin.isLoading,
    models,
  })
  const chosen = models.filter(({ id }) => runs.columns.some(({ model }) => model === id))
  const mistake = mistakeIn(settings, runs)
  const run = (): void => {
    if (mistake === undefined && !runs.isRunning) runs.run(settings, times)
  }
  return (
    <main id="main">
      <PageHead
        title="Playground"
        answer="The same prompt, side by side, through the whole gateway: routes, limits, budgets and the log are the real ones."
      >
        <Acts
          runs={runs}
          models={models}
          keys={choices.data?.keys ?? []}
          settings={settings}
          onChange={setSettings}
        />
      </PageHead>
      {choices.error === null ? null : (
        <Failed
          error={choices.error}
          what="What can be asked could not be read."
          retry={() => void choices.refetch()}
        />
      )}
      {request === undefined ? null : <Origin id={request} isMissing={origin.error !== null} said={said} />}
      <PromptCard settings={settings} onChange={setSettings} models={chosen} onRun={run}>
        <RunLine mistake={mistake} runs={runs} times={times} onTimes={setTimes} onRun={run} />
      </PromptCard>
      <Answers runs={runs} models={models} settings={settings} />
      <Below runs={runs} prompt={settings.prompt} />
    </main>
  )
}

function Acts({
  runs,
  models,
  keys,
  settings,
  onChange,
}: {
  readonly runs: Runs
  readonly models: readonly ModelChoice[]
  readonly keys: readonly { readonly id: string; readonly name: string }[]
  readonly settings: Settings
  readonly onChange: (settings: Settings) => void
}): ReactNode {
  return (
    <div className="row">
      <KeyPicker keys={keys} value={settings.key} onChange={(key) => onChange({ ...settings, key })} />
      <button
        type="button"
        className="btn"
        disabled={runs.columns.length >= MOST_COLUMNS || models.length === 0}
        onClick={() => runs.add(nextModel(models, runs))}
      >
        <Icon name="plus" />
        Add column
      </button>
    </div>
  )
}

function Answers({
  runs,
  models,
  settings,
}: {
  readonly runs: Runs
  readonly models: readonly ModelChoice[]
  readonly settings: Settings
}): ReactNode {
  const { columns, isRunning, choose, remove } = runs
  return (
    <div className="answers">
      {columns.map((column) => (
        <AnswerCard
          key={column.id}
          column={column}
          models={models}
          settings={settings}
          isRunning={isRunning}
          onChoose={(model) => choose(column.id, model)}
          {...(columns.length > 1 ? { onRemove: () => remove(column.id) } : {})}
        />
      ))}
    </div>
  )
}

/** What is done with the answers. */
function Below({ runs: { columns }, prompt }: { readonly runs: Runs; readonly prompt: string }): ReactNode {
  const [isComparing, setComparing] = useState(false)
  const [isCoding, setCoding] = useState(false)
  return (
    <>
      {isComparing ? <CompareCard columns={columns} /> : null}
      <div className="row">
        <span className="push" />
        {columns.length > 1 ? (
          <button type="button" className="btn s" onClick={() => setComparing(!isComparing)}>
            {isComparing ? 'Hide the comparison' : 'Compare texts'}
          </button>
        ) : null}
        <button type="button" className="btn s" onClick={() => setCoding(true)}>
          Copy as code
        </button>
      </div>
      {isCoding ? (
        <CodeDialog model={columns[0]?.model ?? 'auto'} prompt={prompt} onClose={() => setCoding(false)} />
      ) : null}
    </>
  )
}

interface RunLineProps {
  readonly mistake: string | undefined
  readonly runs: Runs
  readonly times: number
  readonly onTimes: (times: number) => void
  readonly onRun: () => void
}

function RunLine({ mistake, runs, times, onTimes, onRun }: RunLineProps): ReactNode {
  return (
    <div className="row">
      <span className={mistake === undefined ? 'small soft' : 'small bad'}>
        {mistake ?? 'Ctrl Enter runs it. What is said here is kept only where the configuration keeps it.'}
      </span>
      <span className="push" />
      <label className="check small">
        Times
        <select
          className="select"
          aria-label="How many times"
          value={times}
          onChange={(event) => onTimes(Number(event.target.value))}
        >
          {TIMES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      {runs.isRunning ? (
        <button type="button" className="btn" onClick={runs.stop}>
          Stop
        </button>
      ) : (
        <button
          type="button"
          className="btn primary"
          disabled={mistake !== undefined || runs.columns.length === 0}
          onClick={onRun}
        >
          Run
        </button>
      )}
    </div>
  )
}

/** A page that is opened begins with one column: of the request that it was opened from, or of what is listed first. */
function useFirstColumn({
  runs: { columns, add },
  wanted,
  isWaiting,
  models,
}: {
  readonly runs: Runs
  readonly wanted: string | undefined
  readonly isWaiting: boolean
  readonly models: readonly ModelChoice[]
}): void {
  const first = wanted ?? models.find(({ id }) => id === 'auto')?.id ?? models[0]?.id
  const isEmpty = columns.length === 0 && !isWaiting && models.length > 0
  useEffect(() => {
    if (isEmpty && first !== undefined) add(first)
  }, [isEmpty, first])
}

/** A model that no column has yet. */
function nextModel(models: readonly ModelChoice[], { columns }: Runs): string {
  const free = models.find(({ id }) => !columns.some(({ model }) => model === id))
  return free?.id ?? models[0]?.id ?? ''
}

function mistakeIn(settings: Settings, { columns }: Runs): string | undefined {
  const asked = toBody(settings, columns[0]?.model ?? '')
  return 'mistake' in asked ? asked.mistake : undefined
}

/** Takes over what was said in the request that the page was opened from, where that is kept; gives how many turns were left out. */
function useSaid(
  request: string | undefined,
  onSettings: (change: (settings: Settings) => Settings) => void,
): number | undefined {
  const { data } = useOriginContent(request)
  useEffect(() => {
    if (data === undefined) return
    const { prompt, system } = fromContent(data)
    onSettings((before) => ({ ...before, prompt, system }))
  }, [data, onSettings])
  return data === undefined ? undefined : fromContent(data).left
}

function Origin({
  id,
  isMissing,
  said,
}: {
  readonly id: string
  readonly isMissing: boolean
  /** Turns that were left out of what is kept; absent: nothing is. */
  readonly said: number | undefined
}): ReactNode {
  if (said !== undefined)
    return (
      <Notice tone="info">
        Opened from <code>{id}</code> with its model, its system text and the last turn of its user.
        {said === 0 ? '' : ` ${counted(said, 'other turn')} of it ${said === 1 ? 'is' : 'are'} left out.`}
      </Notice>
    )
  return isMissing ? (
    <Notice tone="warn">There is no request {id.slice(0, 60)} in the log to begin with.</Notice>
  ) : (
    <Notice tone="info">
      Opened from <code>{id}</code> with its model. What was said in it is not kept: write the prompt anew.
    </Notice>
  )
}

function KeyPicker({
  keys,
  value,
  onChange,
}: {
  readonly keys: readonly { readonly id: string; readonly name: string }[]
  readonly value: string
  readonly onChange: (key: string) => void
}): ReactNode {
  return (
    <label className="check">
      <span className="soft small">As</span>
      <select
        className="select"
        aria-label="Who asks"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">the operator, without a key</option>
        {keys.map(({ id, name }) => (
          <option key={id} value={id}>
            key {name}
          </option>
        ))}
      </select>
    </label>
  )
}
