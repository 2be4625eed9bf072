import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Cost } from '../../parts/cost.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { State } from '../../parts/state.tsx'
import { Who } from '../../parts/who.tsx'
import { count, durationText } from '../../words/numbers.ts'
import type { Answer, Over } from './answer.ts'
import { Bound } from './bound.tsx'
import type { Settings } from './settings.ts'
import { Spread } from './spread.tsx'
import type { ModelChoice } from './use-choices.ts'
import type { Column } from './use-runs.ts'

export interface AnswerCardProps {
  readonly column: Column
  readonly models: readonly ModelChoice[]
  readonly settings: Settings
  readonly onChoose: (model: string) => void
  /** Absent where it is the only one. */
  readonly onRemove?: () => void
  readonly isRunning: boolean
}

/** One model, its answer, and what that took. */
export function AnswerCard({
  column,
  models,
  settings,
  onChoose,
  onRemove,
  isRunning,
}: AnswerCardProps): ReactNode {
  const { id, model, answers } = column
  const last = answers.at(-1)
  const isKnown = models.some((one) => one.id === model)
  return (
    <section className="card answer-card" aria-label={`Answer of ${model}`}>
      <header className="ruled">
        <select
          className="select"
          aria-label={`Model of column ${id}`}
          value={model}
          disabled={isRunning}
          onChange={(event) => onChoose(event.target.value)}
        >
          {isKnown ? null : <option value={model}>{model}</option>}
          {models.map((one) => (
            <option key={one.id} value={one.id}>
              {one.id}
            </option>
          ))}
        </select>
        {onRemove === undefined ? null : (
          <button
            type="button"
            className="btn quiet only s"
            aria-label={`Remove ${model}`}
            disabled={isRunning}
            onClick={onRemove}
          >
            <Icon name="cross" />
          </button>
        )}
      </header>
      <div className="body first said" aria-live="polite" aria-busy={isRunning}>
        {last === undefined ? <Bound settings={settings} model={model} /> : <Said answer={last} />}
      </div>
      {answers.length > 1 ? <Spread answers={answers} /> : null}
      {last?.over === undefined ? null : <Foot answer={last} over={last.over} />}
    </section>
  )
}

/** What was said, with what the model thought before it and what it wants to have run. */
function Said({ answer }: { readonly answer: Answer }): ReactNode {
  const { text, reasoning, refusal, calls, failure } = answer
  return (
    <>
      {reasoning === '' ? null : (
        <details className="thought">
          <summary>Reasoning</summary>
          <p className="words">{reasoning}</p>
        </details>
      )}
      {text === '' ? null : <p className="words">{text}</p>}
      {refusal === '' ? null : <p className="words warn">{refusal}</p>}
      {calls.map((call) => (
        <div key={call.index} className="code">
          <pre tabIndex={0}>
            {call.name}({call.arguments})
          </pre>
        </div>
      ))}
      {failure === undefined ? null : (
        <div className="notice bad" role="alert">
          <Icon name="warning" />
          <div>
            <b className="strong">{failure.code}</b>: {failure.message}
          </div>
        </div>
      )}
      {failure === undefined ? <Silence answer={answer} /> : null}
    </>
  )
}

/** What stands there while nothing was said, or where nothing came. */
function Silence({
  answer: { state, text, reasoning, refusal, calls },
}: {
  readonly answer: Answer
}): ReactNode {
  if (state === 'stopped') return <State tone="warn">stopped</State>
  if (text !== '' || reasoning !== '' || refusal !== '' || calls.length > 0) return null
  if (state === 'over') return <p className="soft">The answer is empty.</p>
  return (
    <p className="soft">
      <span className="spin" /> Waiting for the first word
    </p>
  )
}

function Foot({ answer, over }: { readonly answer: Answer; readonly over: Over }): ReactNode {
  const { requestId, target, finish, cachedTokens, text } = answer
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['First word', over.firstMs === undefined ? '–' : durationText(over.firstMs)],
    ['In all', durationText(over.totalMs)],
    ['Tokens/s', over.perSecond === undefined ? '–' : count(over.perSecond)],
    ['In', `${count(over.inputTokens)}${cachedTokens > 0 ? ` (${count(cachedTokens)} cached)` : ''}`],
    ['Out', count(over.outputTokens)],
    [
      'Cost',
      over.cost === undefined ? (
        '–'
      ) : (
        <Cost cost={over.cost} estimated={over.estimated} simulated={over.simulated} />
      ),
    ],
    ['Ended', finish ?? '–'],
  ]
  return (
    <footer className="answer-foot">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="decision">
        {target === undefined ? null : <Who name={target}>{over.decision ?? target}</Who>}
        {target === undefined ? over.decision : null}
      </p>
      <div className="row">
        {requestId === undefined ? null : (
          <Link to="/requests/$id" params={{ id: requestId }}>
            Why and how much
          </Link>
        )}
        <span className="push" />
        {text === '' ? null : <CopyButton text={text} label="Copy the answer" />}
      </div>
    </footer>
  )
}
