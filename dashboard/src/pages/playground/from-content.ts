import type { GetRequestsIdContent } from '../../api/answers.ts'
import { isObject, readObjects, readText, type Unread } from '../../words/reading.ts'
import type { Settings } from './settings.ts'

/** What was said in a request, as far as one prompt and one system text can say it: the last turn of its user, and what stood before all. */
export function fromContent({ request }: GetRequestsIdContent): Pick<Settings, 'prompt' | 'system'> & {
  /** Turns that are not taken over. */
  readonly left: number
} {
  const turns = (request.turns ?? []).filter(isObject)
  const asked = turns.findLast((turn) => readText(turn, 'role') === 'user' && textOf(turn) !== '')
  const system = turns.filter((turn) => readText(turn, 'role') === 'system')
  return {
    prompt: asked === undefined ? '' : textOf(asked),
    system: system.map(textOf).join('\n\n'),
    left: turns.length - system.length - (asked === undefined ? 0 : 1),
  }
}

function textOf(turn: Unread): string {
  return readObjects(turn, 'blocks')
    .flatMap((block) => readText(block, 'text') ?? [])
    .join('\n')
}
