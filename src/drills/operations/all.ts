import type { Operation } from '../../exchange/operations/all.ts'
import { chat } from './chat.ts'
import { countTokens } from './count-tokens.ts'
import { embed } from './embed.ts'
import { moderate } from './moderate.ts'
import { recall } from './recall.ts'
import { rerank } from './rerank.ts'
import type { Serve } from './serve.ts'

/** Every operation can be tried offline: a further one does not compile without its line here. */
const SERVED: { readonly [O in Operation]: Serve<O> } = {
  chat,
  'count-tokens': countTokens,
  embed,
  moderate,
  recall,
  rerank,
}

/** Who answers an operation. */
export function serverOf(operation: Operation): Serve {
  return SERVED[operation]
}
