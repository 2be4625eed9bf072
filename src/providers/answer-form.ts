import { Failure } from '../exchange/failure.ts'
import { isCoded } from './inbound-headers.ts'

/** How an answer comes: as events, or whole. */
type Form = 'stream' | 'unary'

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json/
const PAGE_TYPE = /^(?:text\/html|application\/xhtml|(?:text|application)\/xml)/

/**
 * The form of an answer, or why it cannot be read.
 *
 * @param asked what types that say nothing are taken for
 * @param streamType the type of the dialect's streams
 */
export function readableForm(headers: Headers, asked: Form, streamType: string): Form | Failure {
  if (isCoded(headers)) return unreadable('The provider compressed its answer, which it was asked not to do.')
  const form = formOf((headers.get('content-type') ?? '').toLowerCase(), asked, streamType)
  return form ?? unreadable('The provider sent a web page instead of an answer.')
}

function unreadable(message: string): Failure {
  return new Failure('malformed-response', { message })
}

/** The form that a content type announces; types that say nothing are taken for what was asked for. */
function formOf(type: string, asked: Form, streamType: string): Form | undefined {
  if (type.startsWith(streamType)) return 'stream'
  if (JSON_TYPE.test(type)) return 'unary'
  return PAGE_TYPE.test(type) ? undefined : asked
}
