import type { ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { isGivenAgain } from '../../words/answered.ts'
import { isAnswered, readChain } from './chain.ts'

const MOST = 4

/** Whom a request was sent to, one after the other, and how each ended. */
export function AttemptChips({
  attempts,
  cache,
}: {
  readonly attempts: string
  /** What came of the request at the cache. */
  readonly cache: string | undefined
}): ReactNode {
  const links = readChain(attempts)
  const shown = links.slice(0, MOST)
  return (
    <>
      {shown.map((link, index) => (
        <span key={index} className="chips">
          {index === 0 ? null : <span className="chain">›</span>}
          <span className={isAnswered(link) ? 'chip ok' : 'chip fail'} title={link.target}>
            {link.provider}
            <Icon
              name={isAnswered(link) ? 'check' : 'cross'}
              small
              label={isAnswered(link) ? 'answered' : 'failed'}
            />
            {isAnswered(link) ? null : <b>{link.outcome}</b>}
          </span>
        </span>
      ))}
      {links.length > MOST ? <span className="soft small">and {links.length - MOST} more</span> : null}
      {links.length === 0 ? (
        <span className="soft small">{isGivenAgain(cache) ? 'from the cache' : 'not sent'}</span>
      ) : null}
    </>
  )
}
