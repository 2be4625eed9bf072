import { Link } from '@tanstack/react-router'
import { useMemo, useState, type ReactNode } from 'react'
import type { GetStart } from '../../api/answers.ts'
import { createFollow } from '../../api/follow.ts'
import { asProblem } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'
import { useNow } from '../../app/use-now.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Cost } from '../../parts/cost.tsx'
import { State } from '../../parts/state.tsx'
import { Who } from '../../parts/who.tsx'
import { age, durationText } from '../../words/numbers.ts'
import { NO_ANSWER, take, type Answer } from '../playground/answer.ts'
import { Step } from './step.tsx'

type Latest = NonNullable<GetStart['steps']['request']>

/** The first request: from a shell, or from here. Its row comes by itself. */
export function FirstRequest({ start }: { readonly start: GetStart }): ReactNode {
  const { command, model, steps } = start
  const now = useNow()
  const latest = steps.request
  const { answer, send, isBusy } = useFirst(model)
  return (
    <Step
      title="Send a first request"
      done={latest === null ? undefined : `answered ${age(now - Date.parse(latest.at))} ago`}
      open
    >
      {latest === null ? (
        <p>
          This works as it stands once <code>GATEHOUSE_KEY</code> holds your key:{' '}
          <code>eval &quot;$(gatehouse env)&quot;</code> sets it.
        </p>
      ) : (
        <Row request={latest} decision={answer?.over?.decision} />
      )}
      <div className="code with-copy">
        <pre tabIndex={0}>{command}</pre>
        <CopyButton text={command} label="Copy the command" word="Copy" />
      </div>
      <div className="row">
        <button
          type="button"
          className={latest === null ? 'btn primary' : 'btn s'}
          aria-disabled={isBusy}
          onClick={() => void send()}
        >
          {isBusy ? <span className="spin" /> : null}
          {latest === null ? 'Send it from here' : 'Send another from here'}
        </button>
        <span className="small soft">
          asks <code>{model}</code> as the operator
        </span>
      </div>
      <div aria-live="polite">
        {answer?.failure === undefined ? null : (
          <p className="bad small">
            {answer.failure.code}: {answer.failure.message}
          </p>
        )}
        {answer === undefined || answer.text === '' ? null : <p className="words small">{answer.text}</p>}
      </div>
    </Step>
  )
}

function useFirst(model: string) {
  const { tokens } = useServices()
  const follow = useMemo(() => createFollow(tokens), [tokens])
  const [answer, setAnswer] = useState<Answer>()
  const isBusy = answer !== undefined && answer.state !== 'over'
  const send = async (): Promise<void> => {
    if (isBusy) return
    setAnswer(NO_ANSWER)
    try {
      await follow('/api/v1/playground', {
        body: { model, max_output: 200, messages: [{ role: 'user', text: 'What is a gatehouse?' }] },
        signal: AbortSignal.timeout(120_000),
        take: (told) => setAnswer((before = NO_ANSWER) => take(before, told)),
      })
    } catch (thrown) {
      const { code, title, detail } = asProblem(thrown).facts
      setAnswer({ ...NO_ANSWER, state: 'over', failure: { code, message: detail ?? title } })
    }
  }
  return { answer, send, isBusy }
}

/** The latest request: who answered, how long that took, what it cost, and the way to all of it. */
function Row({
  request,
  decision,
}: {
  readonly request: Latest
  readonly decision: string | undefined
}): ReactNode {
  const { id, outcome, status, target, duration_ms: tookMs, cost, simulated, estimated } = request
  return (
    <div className="first-row">
      <div className="row">
        <State tone={outcome === 'ok' ? 'good' : 'bad'}>{status}</State>
        {target === undefined ? <span className="soft">{outcome}</span> : <Who name={target} />}
        <span className="soft">{durationText(tookMs)}</span>
        <span className="push">
          <Cost cost={cost} simulated={simulated} estimated={estimated} />
        </span>
      </div>
      {decision === undefined ? null : <p className="small">{decision}</p>}
      <p>
        <Link to="/requests/$id" params={{ id }}>
          Its decision and its receipt
        </Link>
      </p>
    </div>
  )
}
