import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { State, type Tone } from '../../parts/state.tsx'
import { NOTICES, type NoticeSaid } from '../../words/notices.ts'
import { readNotices } from './read-notices.ts'

const LEVELS: Readonly<
  Record<NoticeSaid['level'], { readonly tone: Tone; readonly word: string; readonly means: string }>
> = {
  info: { tone: 'soft', word: 'said otherwise', means: 'It means the same.' },
  warn: { tone: 'warn', word: 'not as asked', means: 'A wish was not honoured.' },
  loss: { tone: 'bad', word: 'lost', means: 'Meaning was lost.' },
}

/** What was changed or dropped between the client and the model, in plain words; also that nothing was. */
export function ChangedCard({ request: { id, notices } }: { readonly request: GetRequestsId }): ReactNode {
  const told = readNotices(notices)
  return (
    <section className="card" aria-labelledby="h-changed">
      <header>
        <h2 id="h-changed">What was changed on the way</h2>
        {told.length === 0 ? null : <span className="small soft">told to the client in its headers</span>}
      </header>
      {told.length === 0 ? (
        <p className="body nothing">
          <State tone="good">Nothing was dropped, lowered or said otherwise.</State>
        </p>
      ) : (
        <ul className="body changed">
          {told.map(({ code, subjects }) => (
            <Notice key={code} code={code} subjects={subjects} />
          ))}
        </ul>
      )}
      <footer>
        <Link
          from="/requests/$id"
          to="/requests/$id"
          params={{ id }}
          search={(before) => ({ ...before, tab: 'content' })}
          resetScroll={false}
        >
          What was said and what was sent, field by field
        </Link>
      </footer>
    </section>
  )
}

function Notice({
  code,
  subjects,
}: {
  readonly code: string
  readonly subjects: readonly string[]
}): ReactNode {
  const { level, says } = NOTICES[code] ?? { level: 'info', says: '' }
  const { tone, word, means } = LEVELS[level]
  return (
    <li>
      <span title={means}>
        <State tone={tone}>{word}</State>
      </span>
      <span>
        {subjects.map((subject) => (
          <code key={subject}>{subject}</code>
        ))}
        {says}
        <span className="sub mono">{code}</span>
      </span>
    </li>
  )
}
