import { Link } from '@tanstack/react-router'
import { useMemo, useState, type ReactNode } from 'react'
import { createFollow } from '../../api/follow.ts'
import { asProblem } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'
import { State } from '../../parts/state.tsx'
import { NO_ANSWER, take, type Answer } from '../playground/answer.ts'

/** Sends one request as the key would, to see that key and model go together before anything is set up. */
export function TestCard({
  keyId,
  model,
}: {
  readonly keyId: string | undefined
  readonly model: string
}): ReactNode {
  const { tokens } = useServices()
  const follow = useMemo(() => createFollow(tokens), [tokens])
  const [answer, setAnswer] = useState<Answer>()
  const isBusy = answer !== undefined && answer.state !== 'over'
  const send = async (): Promise<void> => {
    setAnswer(NO_ANSWER)
    try {
      await follow('/api/v1/playground', {
        body: {
          model,
          ...(keyId === undefined ? {} : { key: keyId }),
          max_output: 60,
          messages: [{ role: 'user', text: 'Say hi' }],
        },
        signal: AbortSignal.timeout(120_000),
        take: (told) => setAnswer((before = NO_ANSWER) => take(before, told)),
      })
    } catch (thrown) {
      const { code, title, detail } = asProblem(thrown).facts
      setAnswer({ ...NO_ANSWER, state: 'over', failure: { code, message: detail ?? title } })
    }
  }
  return (
    <section className="card" aria-label="Send a test">
      <header>
        <h2>Send a test</h2>
      </header>
      <div className="body stack">
        <p className="small soft">
          One request to <code>{model}</code> {keyId === undefined ? 'as the operator' : 'as the chosen key'},
          from this page.
        </p>
        <div className="row">
          <button type="button" className="btn" aria-disabled={isBusy} onClick={() => void send()}>
            {isBusy ? <span className="spin" /> : null}Send it
          </button>
        </div>
        <div aria-live="polite">{answer === undefined || isBusy ? null : <Come answer={answer} />}</div>
      </div>
    </section>
  )
}

function Come({ answer: { failure, target, text, requestId } }: { readonly answer: Answer }): ReactNode {
  const link =
    requestId === undefined ? null : (
      <Link to="/requests/$id" params={{ id: requestId }}>
        Why and how much
      </Link>
    )
  if (failure !== undefined)
    return (
      <div className="stack">
        <State tone="bad">{failure.code}</State>
        <p className="small">{failure.message}</p>
        {link}
      </div>
    )
  return (
    <div className="stack">
      <State tone="good">{target} answered</State>
      <p className="small words">{text.slice(0, 300)}</p>
      {link}
    </div>
  )
}
