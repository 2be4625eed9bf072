import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Failed } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { useFeedback } from './use-view.ts'

type Given = GetRequestsId['feedback'][number]

const MINUTE_MS = 60_000

/** What people thought of the answer, and what the operator thinks. */
export function FeedbackCard({ request: { id, feedback } }: { readonly request: GetRequestsId }): ReactNode {
  const { mutate, isPending, error } = useFeedback(id)
  return (
    <section className="card" aria-labelledby="h-feedback">
      <header>
        <h2 id="h-feedback">Feedback</h2>
        <button type="button" className="btn s" disabled={isPending} onClick={() => mutate('up')}>
          Good answer
        </button>
        <button type="button" className="btn s" disabled={isPending} onClick={() => mutate('down')}>
          Bad answer
        </button>
      </header>
      {error === null ? null : <Failed error={error} what="It was not kept." />}
      {feedback.length === 0 ? (
        <p className="body soft small">Nobody has said what the answer was worth.</p>
      ) : (
        <ul className="body given" aria-live="polite">
          {feedback.map((one, place) => (
            <GivenLine key={place} given={one} />
          ))}
        </ul>
      )}
    </section>
  )
}

function GivenLine({ given }: { readonly given: Given }): ReactNode {
  const times = useTimes()
  const now = useNow(MINUTE_MS)
  const { score, label, labels = label === undefined ? [] : [label], comment, by, at } = given
  return (
    <li>
      <State tone={score > 0 ? 'good' : score < 0 ? 'bad' : 'soft'}>{scoreText(score)}</State>
      <span>
        {labels.map((word) => (
          <span key={word} className="badge">
            {word}
          </span>
        ))}
        {comment}
        <span className="sub" title={times.exact(at)}>
          {by ?? (given.key_id === undefined ? 'an operator' : 'an application')}, {times.moment(at, now)}
        </span>
      </span>
    </li>
  )
}

function scoreText(score: number): string {
  if (score === 1) return 'good'
  return score === -1 ? 'bad' : String(score)
}
