import type { TokenKeeper } from '../session/token.ts'
import { isObject, type Unread } from '../words/reading.ts'
import { Frames } from './frames.ts'
import { Problem, type ProblemFacts } from './problem.ts'

/** What is told while something happens, piece by piece. */
export interface Told {
  readonly name: string
  readonly data: Unread
}

export interface Following {
  readonly body: unknown
  readonly signal: AbortSignal
  readonly take: (told: Told) => void
}

/** Asks for something that is answered by events, and hands them on as they come. Rejects with Problem where it is refused. */
export type Follow = (path: string, following: Following) => Promise<void>

/** Asks with the token of this tab. */
export function createFollow(tokens: TokenKeeper): Follow {
  return async (path, { body, signal, take }) => {
    const response = await fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.current() ?? ''}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    })
    if (!response.ok || response.body === null) throw new Problem(await readProblem(response))
    const frames = new Frames()
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      for (const { name, data } of frames.take(value)) {
        const read: unknown = JSON.parse(data)
        if (isObject(read)) take({ name, data: read })
      }
    }
  }
}

async function readProblem(response: Response): Promise<ProblemFacts> {
  const { status } = response
  try {
    const facts: ProblemFacts = await response.json()
    return { ...facts, status }
  } catch {
    return { status, code: 'unreadable', title: `The gateway answered ${status}` }
  }
}
