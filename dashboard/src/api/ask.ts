import type { TokenKeeper } from '../session/token.ts'
import { Problem, type ProblemFacts } from './problem.ts'

/** What is asked of the admin API. */
export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/**
 * Asks the admin API; `Answer` is one of `answers.ts`, which is made from its schemas. Rejects with Problem. A token that is refused is
 * forgotten, which leads to the sign-in.
 */
export type Ask = <Answer>(path: string, question?: Question) => Promise<Answer>

/** Asks with the token of this tab. */
export function createAsk(tokens: TokenKeeper): Ask {
  return async (path, question = {}) => (await answered(tokens, path, question)).json()
}

/** Reads what is no JSON, such as an export. Rejects with Problem. */
export type ReadText = (path: string) => Promise<string>

/** Reads with the token of this tab. */
export function createReadText(tokens: TokenKeeper): ReadText {
  return async (path) => (await answered(tokens, path, {})).text()
}

async function answered(tokens: TokenKeeper, path: string, question: Question): Promise<Response> {
  const token = tokens.current()
  const response = await send(path, question, token ?? '')
  if (response.status === 401 && tokens.current() === token) tokens.forget()
  if (!response.ok) throw new Problem(await readProblem(response))
  return response
}

/** Whether a token opens the admin API. Rejects with Problem where that cannot be told. */
export async function opens(token: string): Promise<boolean> {
  const response = await send('/statusz', {}, token)
  if (response.status === 401) return false
  if (!response.ok) throw new Problem(await readProblem(response))
  return true
}

async function send(
  path: string,
  { method = 'GET', body, signal }: Question,
  token: string,
): Promise<Response> {
  try {
    // The only place that sends: to where this page came from, and nowhere else.
    return await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown
    const detail = 'It may have stopped, or the connection is gone. This page asks again.'
    throw new Problem({ status: 0, code: 'unreachable', title: 'The gateway does not answer', detail })
  }
}

async function readProblem(response: Response): Promise<ProblemFacts> {
  const { status } = response
  const title = `The gateway answered ${status}`
  try {
    const facts: ProblemFacts = await response.json()
    return { ...facts, title: facts.title ?? title, status }
  } catch {
    return { status, code: 'unreadable', title }
  }
}
