import { z } from 'zod'
import { numbersIn } from './audit-terms.ts'
import type { Plan } from '../gateway/plan.ts'
import { SCOPES, type Owner } from '../exchange/owner.ts'
import type { Vault } from '../policies/guard/vault.ts'
import type { AnswerCache } from '../store/answer-cache.ts'
import type { ContentStore } from '../store/contents.ts'
import type { RequestLogStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { parseQuery, type AdminCall, type AdminRoute } from './admin-route.ts'
import { contentAnswer, contentJson, missingContent } from './content-json.ts'
import { OWNERS_QUERY } from './owners-json.ts'
import { restoreContent } from './content-restore.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

export interface ContentRoutesNeeds {
  readonly requests: Pick<RequestLogStore, 'find'>
  readonly contents: ContentStore
  readonly plan: () => Plan
  readonly nowMs: () => number
  /** Who reads or removes what was said leaves a line. */
  readonly log: Telemetry['log']
  /** Masked values that guardrails remember; absent: none are. */
  readonly masked?: Vault | undefined
  /** What was answered may be kept for whoever asks the same: it goes with the rest. */
  readonly cached: Pick<AnswerCache, 'purge'>
  /** Waits until what is on its way to the store has arrived there. */
  readonly flushContent: () => Promise<void>
}

const removalQuery = z.strictObject(OWNERS_QUERY)
const removalAnswer = z.object({
  removed: z.int().describe('Requests of which something was kept.'),
  forgotten: z.int().describe('Masked values that guardrails remembered.'),
  cached_answers: z
    .int()
    .describe('Answers that the cache kept for this owner, or gave its requests first; they went as well.'),
})
const contentQuery = z.strictObject({
  restore: z
    .enum(['true', 'false'], { error: 'true or false' })
    .default('false')
    .transform((text) => text === 'true')
    .describe(
      'Whether values are shown that guardrails have masked and remember. Refused where `logs.content.restore` is off; each time leaves a line in the log.',
    ),
})

/** What was said in requests, where that is kept. */
export function contentRoutes(needs: ContentRoutesNeeds): AdminRoute[] {
  const { contents, cached, nowMs, log, flushContent, masked: vault } = needs
  return [
    {
      method: 'GET',
      path: '/api/v1/requests/{id}/content',
      summary:
        'What was said in a request, where that is kept; else why not. Whoever reads it leaves a line in the log.',
      query: contentQuery,
      audit: { subject: 'request', tells: ['restore'] },
      answer: { status: 200, schema: contentAnswer },
      handle: (call) => readContent(call, needs),
    },
    {
      method: 'DELETE',
      path: '/api/v1/requests/{id}/content',
      summary: 'Removes what was said in a request. The request itself stays in the log.',
      audit: { subject: 'request', cameOf: numbersIn(Object.keys(removalAnswer.shape)) },
      answer: { status: 200, schema: removalAnswer },
      async handle({ params: { id = '' } }) {
        await flushContent()
        const forgotten = (await vault?.forgetSaidIn(id)) ?? 0
        const { entries } = await cached.purge({ request: id })
        const isRemoved = await contents.remove(id, nowMs())
        if (!isRemoved && forgotten === 0 && entries === 0)
          throw new AdminProblem('not-found', { detail: `Nothing is kept of ${id.slice(0, 100)}.` })
        log('info', 'what was said in a request was removed', { requestId: id, forgotten })
        return jsonResponse({ removed: Number(isRemoved), forgotten, cached_answers: entries })
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/content',
      summary: 'Removes what was said in all requests of one owner, and what the cache keeps of it.',
      query: removalQuery,
      audit: { subject: 'content', tells: SCOPES, cameOf: numbersIn(Object.keys(removalAnswer.shape)) },
      answer: { status: 200, schema: removalAnswer },
      async handle({ query }) {
        const owner = oneOwner(parseQuery(removalQuery, query))
        await flushContent()
        const { entries } = await cached.purge({ owner: `${owner.scope}:${owner.id}` })
        const removed = await contents.removeOf(owner, nowMs())
        const forgotten = (await vault?.forgetOf(owner)) ?? 0
        log('info', 'what was said in the requests of an owner was removed', {
          ...owner,
          removed,
          forgotten,
          answers: entries,
        })
        return jsonResponse({ removed, forgotten, cached_answers: entries })
      },
    },
  ]
}

async function readContent(
  { params: { id = '' }, query, peer }: AdminCall,
  { requests, contents, plan, nowMs, log, flushContent, masked: vault }: ContentRoutesNeeds,
): Promise<Response> {
  const { restore } = parseQuery(contentQuery, query)
  const terms = plan().content
  const isAllowed = terms?.mayRestore === true
  if (restore && !isAllowed)
    throw new AdminProblem('not-allowed', {
      detail: 'Masked values are not shown here: `logs.content.restore` is off.',
    })
  const row = await requests.find(id)
  if (row === undefined) throw unknownRequest(id)
  const kept = (await contents.find(id)) ?? (await flushContent().then(() => contents.find(id)))
  const content = contentJson(row, kept)
  if (content === undefined) {
    const { reason, detail } = missingContent(row, kept, { terms, nowMs: nowMs() })
    throw new AdminProblem('not-found', { detail, errors: [{ path: 'content', message: reason }] })
  }
  log('info', 'what was said in a request was read', { requestId: row.id })
  if (vault === undefined) return jsonResponse(content)
  const told = await restoreContent(content, row, { vault, isAllowed, isWanted: restore })
  if (restore)
    log('warn', 'masked values of a request were shown', {
      requestId: row.id,
      from: peer?.address,
      values: told.remembered?.values ?? 0,
    })
  return jsonResponse(told)
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
