import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { Cost } from '../../parts/cost.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import type { Tone } from '../../parts/state.tsx'
import { count, durationText } from '../../words/numbers.ts'
import { tellStory } from './tell-story.ts'

const SIGNS: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  bad: 'cross',
  warn: 'warning',
  info: 'right',
  soft: 'minus',
}

/** What happened, in plain words, from the question to the answer. */
export function StoryCard({ request }: { readonly request: GetRequestsId }): ReactNode {
  return (
    <section className="card" aria-labelledby="h-story">
      <header>
        <h2 id="h-story">What happened</h2>
      </header>
      <ol className="body story">
        {tellStory(request).map(({ ms, tone, what, more }, place) => (
          <Line key={place} ms={ms} tone={tone} what={what}>
            {more}
          </Line>
        ))}
        <End request={request} />
      </ol>
    </section>
  )
}

function Line({
  ms,
  tone,
  what,
  children,
}: {
  readonly ms: number | undefined
  readonly tone: Tone
  readonly what: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <li>
      <span className="at">{ms === undefined ? '' : ms === 0 ? '0' : durationText(ms)}</span>
      <Icon name={SIGNS[tone]} tone={tone} />
      <span>
        <b className="strong">{what}</b> <span className="soft">{children}</span>
      </span>
    </li>
  )
}

function End({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { outcome, status, duration_ms: ms, input_tokens: input, output_tokens: output } = request
  if (outcome === 'client-gone')
    return (
      <Line ms={ms} tone="warn" what="The client left">
        before all of the answer was sent
      </Line>
    )
  return (
    <Line
      ms={ms}
      tone={outcome === 'ok' ? 'good' : 'bad'}
      what={outcome === 'ok' ? `The client had its answer, ${status}` : `The client got ${status} ${outcome}`}
    >
      {count(input)} → {count(output)} tokens,{' '}
      <Cost cost={request.cost} estimated={request.estimated} simulated={request.simulated} digits="all" />
    </Line>
  )
}
