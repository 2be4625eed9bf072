import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { Empty } from '../../parts/notices.tsx'
import { Who } from '../../parts/who.tsx'
import { REASONS } from '../../words/reasons.ts'

type Flips = NonNullable<GetRequestsId['flips']>
type Outcome = Flips['flips'][number]['outcome']

/** What would have led the request elsewhere, in plain words: found by deciding again, nobody is asked. */
export function FlipsCard({ flips }: { readonly flips: Flips | undefined }): ReactNode {
  if (flips === undefined) return null
  const { before, after, same, unknown } = flips
  return (
    <section className="card" aria-labelledby="h-flips">
      <header>
        <h2 id="h-flips">What would lead it elsewhere</h2>
        <span className="small soft">decided again under the plan in force</span>
      </header>
      {same ? null : (
        <p className="body small">
          Today it would go to <Whom outcome={after} /> instead of <Whom outcome={before} />.
        </p>
      )}
      {flips.flips.length === 0 ? (
        <Empty title="Nothing that was tried leads elsewhere">
          <p>Neither another size, tools or tags, nor another key, nor who rests.</p>
        </Empty>
      ) : (
        <ol className="body flips">
          {flips.flips.map(({ change, outcome }) => (
            <li key={change}>
              <span>
                <span className="soft">If</span> {change}
              </span>
              <span className="soft" aria-hidden="true">
                →
              </span>
              <span>
                <Whom outcome={outcome} />
                {outcome.reason === undefined ? null : (
                  <span className="sub" title={REASONS[outcome.reason]}>
                    {[outcome.step === undefined ? '' : `step ${outcome.step}`, outcome.reason]
                      .filter((part) => part !== '')
                      .join(', ')}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
      {unknown.length === 0 ? null : (
        <footer>Nobody has kept {unknown.join(', ')}, which rules ask for: it is taken for absent.</footer>
      )}
    </section>
  )
}

function Whom({ outcome }: { readonly outcome: Outcome }): ReactNode {
  const { target, failure } = outcome
  if (target !== undefined) return <Who name={target} />
  return (
    <span className="bad" title={failure?.message}>
      {failure === undefined ? 'nobody' : `${failure.status} ${failure.code}`}
    </span>
  )
}
