import type { ReactNode } from 'react'
import { State } from '../../parts/state.tsx'
import { durationText } from '../../words/numbers.ts'
import { phaseText, verdictText, verdictTone } from '../../words/verdicts.ts'
import { cutBySpans } from './cut-by-spans.ts'
import type { Tried } from './use-guardrails.ts'

interface OutcomeProps {
  readonly text: string
  readonly tried: Tried
  readonly phase: string
}

/** What is found in a text that was tried, and what would become of it. */
export function Outcome({ text, tried, phase }: OutcomeProps): ReactNode {
  const { verdict, guardrails, text: goesOn } = tried
  if (guardrails.length === 0) return <p className="soft">No guardrail looks at {phaseText(phase)} there.</p>
  return (
    <div className="tried">
      <div>
        <h3>What is found</h3>
        <p className="words marked" aria-label="What is found">
          {cutBySpans(
            text,
            guardrails.flatMap(({ found }) => found),
          ).map(({ start, text: piece, detectors }) =>
            detectors.length === 0 ? (
              <span key={start}>{piece}</span>
            ) : (
              <mark key={start}>
                {piece}
                <small> {detectors.join(', ')}</small>
              </mark>
            ),
          )}
        </p>
      </div>
      <div>
        <h3>
          What becomes of it <State tone={verdictTone(verdict, false)}>{verdict}</State>
        </h3>
        {verdict === 'blocked' ? (
          <p className="soft">{phase === 'input' ? 'It reaches nobody.' : 'The client does not get it.'}</p>
        ) : (
          <p className="words marked" aria-label="What becomes of it">
            {goesOn}
          </p>
        )}
      </div>
      <Says guardrails={guardrails} />
    </div>
  )
}

/** By their names, each once. */
function foundIn({ found, counts = {} }: Tried['guardrails'][number]): readonly string[] {
  return [...new Set([...found.map(({ detector }) => detector), ...Object.keys(counts)])]
}

function Says({ guardrails }: Pick<Tried, 'guardrails'>): ReactNode {
  return (
    <ul className="list" aria-label="What each says">
      {guardrails.map((one) => (
        <li key={one.guardrail}>
          <span>
            <b className="strong">{one.guardrail}</b> <span className="soft">{foundIn(one).join(', ')}</span>
          </span>
          <span className="end">
            {one.verdict === null ? (
              <span className="soft">asks somebody else, and was not tried</span>
            ) : (
              <>
                <State tone={verdictTone(one.verdict, one.shadow)}>
                  {verdictText(one.verdict, one.shadow)}
                </State>{' '}
                <span className="soft">{durationText(one.spent_ms)}</span>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}
