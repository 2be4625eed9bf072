import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetStart } from '../../api/answers.ts'
import { Failed } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { DemoCard } from './demo-card.tsx'
import { FirstRequest } from './first-request.tsx'
import { ProviderStep } from './provider-step.tsx'
import { Step } from './step.tsx'
import { useStart } from './use-start.ts'
import { WhereCard } from './where-card.tsx'

const WORDS = ['None', 'One', 'Two', 'Three', 'Four', 'All five'] as const

/** What comes first? The list ticks itself. */
export function StartPage(): ReactNode {
  const { data, error, refetch } = useStart()
  return (
    <main id="main">
      <PageHead
        title="Get started"
        answer={
          data === undefined ? (
            <span className="sk" style={{ '--w': '320px' }} />
          ) : (
            `${doneOf(data)} Nothing here is required; the list ticks itself.`
          )
        }
      >
        <Link to="/" className="btn">
          Go to the Overview
        </Link>
      </PageHead>
      {error === null ? null : (
        <Failed error={error} what="How far you have come could not be read." retry={() => void refetch()} />
      )}
      {data === undefined ? null : (
        <>
          <section className="card" aria-label="Steps">
            <ol className="todo">
              <FirstRequest start={data} />
              <ProviderStep start={data} />
              <Rest start={data} />
            </ol>
          </section>
          <WhereCard start={data} />
          {data.steps.request === null ? <DemoCard /> : null}
        </>
      )}
    </main>
  )
}

function doneOf({ steps }: GetStart): string {
  const done = Object.values(steps).filter((step) => step !== null).length
  return done === WORDS.length - 1 ? 'All five done.' : `${WORDS[done]} of five done.`
}

function Rest({ start: { steps } }: { readonly start: GetStart }): ReactNode {
  const { app, budget, drill } = steps
  return (
    <>
      <Step
        title="Connect an app"
        done={app === null ? undefined : `${app.name} asked last`}
        open={app === null}
      >
        <p>
          Claude Code, Codex, Zed, Open WebUI, the SDKs: each has a page with its settings filled in, which
          sees its first request come.
        </p>
        <div className="row">
          <Link to="/connect" className="btn s">
            Choose a client
          </Link>
        </div>
      </Step>
      <Step
        title="A key and a budget for a team"
        done={budget === null ? undefined : `${budget.name} has a budget`}
        open={budget === null}
      >
        <p>
          A key says who asks, what they may use, and what they may spend. A request beyond it is refused, not
          billed.
        </p>
        <div className="row">
          <Link to="/keys" className="btn s">
            Make a key
          </Link>
        </div>
      </Step>
      <Step
        title="Break something on purpose"
        done={drill === null ? undefined : drill.passed ? 'the last drill passed' : 'the last drill failed'}
        open={drill === null}
      >
        <p>
          A rehearsal takes your configuration through a provider&apos;s outage: who takes over, how fast, at
          what cost. No provider is called, and nothing that serves notices.
        </p>
        <div className="row">
          <Link to="/drills" className="btn s">
            Run a drill
          </Link>
        </div>
      </Step>
    </>
  )
}
