import { z } from 'zod'
import type { Plan } from '../gateway/plan.ts'
import { SCOPES, type Owner } from '../exchange/owner.ts'
import type { ContentStore } from '../store/contents.ts'
import type { RequestLogStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { contentAnswer, contentJson, missingContent } from './content-json.ts'
import { OWNERS_QUERY } from './owners-json.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

export interface ContentRoutesNeeds {
  readonly requests: Pick<RequestLogStore, 'find'>
  readonly contents: ContentStore
  readonly plan: () => Plan
  readonly nowMs: () => number
  /** Who reads or removes what was said leaves a line. */
  readonly log: Telemetry['log']
  /** Waits until what is on its way to the store has arrived there. */
  readonly flushContent: () => Promise<void>
}

const removalQuery = z.strictObject(OWNERS_QUERY)
const removalAnswer = z.object({ removed: z.int().describe('Requests of which something was kept.') })

/** What was said in requests, where that is kept. */
export function contentRoutes(needs: ContentRoutesNeeds): AdminRoute[] {
  const { requests, contents, plan, nowMs, log, flushContent } = needs
  return [
    {
      method: 'GET',
      path: '/api/v1/requests/{id}/content',
      summary:
        'What was said in a request, where that is kept; else why not. Whoever reads it leaves a line in the log.',
      answer: { status: 200, schema: contentAnswer },
      async handle({ params: { id = '' } }) {
        const row = await requests.find(id)
        if (row === undefined) throw unknownRequest(id)
        const kept = (await contents.find(id)) ?? (await flushContent().then(() => contents.find(id)))
        const content = contentJson(row, kept)
        if (content === undefined) {
          const { reason, detail } = missingContent(row, kept, { terms: plan().content, nowMs: nowMs() })
          throw new AdminProblem('not-found', { detail, errors: [{ path: 'content', message: reason }] })
        }
        log('info', 'what was said in a request was read', { requestId: row.id })
        return jsonResponse(content)
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/requests/{id}/content',
      summary: 'Removes what was said in a request. The request itself stays in the log.',
      answer: { status: 200, schema: removalAnswer },
      async handle({ params: { id = '' } }) {
        await flushContent()
        if (!(await contents.remove(id, nowMs())))
          throw new AdminProblem('not-found', { detail: `Nothing is kept of ${id.slice(0, 100)}.` })
        log('info', 'what was said in a request was removed', { requestId: id })
        return jsonResponse({ removed: 1 })
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/content',
      summary: 'Removes what was said in all requests of one owner.',
      query: removalQuery,
      answer: { status: 200, schema: removalAnswer },
      async handle({ query }) {
        const owner = oneOwner(parseQuery(removalQuery, query))
        await flushContent()
        const removed = await contents.removeOf(owner, nowMs())
        log('info', 'what was said in the requests of an owner was removed', { ...owner, removed })
        return jsonResponse({ removed })
      },
    },
  ]
}

/** Removing needs to be meant: of one owner, and not of all because a name was forgotten. */
function oneOwner(given: z.output<typeof removalQuery>): Owner {
  const named = SCOPES.flatMap((scope) => {
    const id = given[scope]
    return id === undefined || id === '' ? [] : [{ scope, id }]
  })
  const [owner, ...others] = named
  if (owner !== undefined && others.length === 0) return owner
  throw new AdminProblem('invalid-request', {
    detail: `Say of whom: exactly one of ${SCOPES.join(', ')}.`,
  })
}

function unknownRequest(id: string): AdminProblem {
  return new AdminProblem('not-found', { detail: `There is no request ${id.slice(0, 100)} in the log.` })
}
