import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { durationText } from '../../words/numbers.ts'
import { spansOf, ticksOf, type Span } from './spans.ts'

const percent = (part: number, of: number): string =>
  `${of === 0 ? 0 : Math.min(100, Math.max(0, (100 * part) / of))}%`

/** Where the time of a request went: a lane for the gateway itself and one for each attempt, to scale. */
export function Waterfall({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { duration_ms: wholeMs } = request
  const spans = spansOf(request)
  const gatewayMs = Math.max(0, wholeMs - request.upstream_ms)
  const ticks = ticksOf(wholeMs)
  const step = ticks[1] ?? wholeMs
  return (
    <section className="card" aria-labelledby="h-fall">
      <header>
        <h2 id="h-fall">Where the time went</h2>
        <Legend gatewayMs={gatewayMs} spans={spans} />
      </header>
      <div className="body">
        <div className="fall" style={{ '--grid': percent(step, wholeMs) }}>
          <div className="axis" />
          <div className="axis" aria-hidden="true">
            {ticks.map((ms) => (
              <span key={ms} style={{ left: percent(ms, wholeMs) }}>
                {ms === 0 ? '0' : durationText(ms)}
              </span>
            ))}
            <span style={{ left: '100%' }}>{durationText(wholeMs)}</span>
          </div>
          <div className="axis" />
          {spans.map((span) => (
            <Lane key={span.id} span={span} wholeMs={wholeMs} />
          ))}
        </div>
        {spans.length === 0 ? (
          <p className="soft small">No attempt was made; it took {durationText(wholeMs)} in the gateway.</p>
        ) : null}
      </div>
    </section>
  )
}

function Lane({ span, wholeMs }: { readonly span: Span; readonly wholeMs: number }): ReactNode {
  const { startMs, waitMs, durationMs, isLost, target, ordinal } = span
  const at = (fromMs: number, ms: number): Readonly<Record<`--${string}`, string>> => ({
    '--l': percent(fromMs, wholeMs),
    '--w': percent(ms, wholeMs),
  })
  return (
    <>
      <div>
        Attempt {ordinal} <span className="sub soft">{target}</span>
      </div>
      <div
        className="lane"
        role="img"
        aria-label={`${target}: begun after ${durationText(startMs)}, ${isLost ? 'lost' : 'answered'} after ${durationText(durationMs)}`}
      >
        {isLost ? (
          <i className="bad" style={at(startMs, durationMs)} />
        ) : (
          <>
            <i className="wait" style={at(startMs, waitMs)} />
            <i style={at(startMs + waitMs, durationMs - waitMs)} />
          </>
        )}
      </div>
      <div className="r">{durationText(durationMs)}</div>
    </>
  )
}

function Legend({
  gatewayMs,
  spans,
}: {
  readonly gatewayMs: number
  readonly spans: readonly Span[]
}): ReactNode {
  const served = spans.filter(({ isLost }) => !isLost)
  const sum = (read: (span: Span) => number, of: readonly Span[]): number =>
    of.reduce((all, span) => all + read(span), 0)
  const lost = sum(
    ({ durationMs }) => durationMs,
    spans.filter(({ isLost }) => isLost),
  )
  return (
    <div className="legend">
      <span className="who">gateway and between {durationText(gatewayMs)}</span>
      {served.length === 0 ? null : (
        <>
          <span className="who">
            <span className="swatch hollow" />
            waiting {durationText(sum(({ waitMs }) => waitMs, served))}
          </span>
          <span className="who">
            <span className="swatch" style={{ '--c': 'var(--chart-ok)' }} />
            answering {durationText(sum(({ durationMs, waitMs }) => durationMs - waitMs, served))}
          </span>
        </>
      )}
      {lost === 0 ? null : (
        <span className="who">
          <span className="swatch" style={{ '--c': 'var(--bad-mark)' }} />
          lost {durationText(lost)}
        </span>
      )}
    </div>
  )
}
