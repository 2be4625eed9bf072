import { z } from 'zod'
import { readListQuery } from '../insight/read-query.ts'
import { readViews, removeView, saveView, type SavedView, type ViewSettings } from '../insight/saved-views.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { readAsQuery } from './request-filter.ts'
import { toTimeJson } from './to-json.ts'

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u

const viewBody = z.strictObject({
  q: z.string().max(LIMITS.queryCharacters).describe('The query; see docs/query.md.'),
})

const viewAnswer = z.object({ name: z.string(), q: z.string(), changed_at: z.iso.datetime() })

export interface ViewRoutesNeeds {
  readonly settings: ViewSettings
  readonly nowMs: () => number
}

/** Queries for requests that are kept under a name: for the dashboard, `gatehouse logs --view` and rules that ring. */
export function viewRoutes({ settings, nowMs }: ViewRoutesNeeds): AdminRoute[] {
  /** One change after the other, since each writes all of them. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const next = last.then(act, act)
    last = next.catch(() => {})
    return next
  }
  return [
    {
      method: 'GET',
      path: '/api/v1/views',
      summary: 'Queries for requests that are kept under a name.',
      answer: { status: 200, schema: z.object({ data: z.array(viewAnswer) }) },
      handle: async () => jsonResponse({ data: (await readViews(settings)).map(toViewJson) }),
    },
    {
      method: 'GET',
      path: '/api/v1/views/{name}',
      summary: 'One of them.',
      answer: { status: 200, schema: viewAnswer },
      async handle({ params: { name = '' } }) {
        const views = await readViews(settings)
        const view = views.find((one) => one.name === name)
        if (view === undefined) throw unknownView(name, views)
        return jsonResponse(toViewJson(view))
      },
    },
    {
      method: 'PUT',
      path: '/api/v1/views/{name}',
      summary: 'Keeps a query under a name, in the place of the one that is there.',
      body: viewBody,
      audit: { subject: 'view' },
      answer: { status: 200, schema: viewAnswer },
      async handle({ params: { name = '' }, body }) {
        const { q } = parseBody(viewBody, body)
        checkName(name)
        // A view that nobody could ask would be found out when it is needed.
        readAsQuery(() => readListQuery(q, nowMs()))
        const view: SavedView = { name, q: q.trim(), changedMs: nowMs() }
        if (!(await inTurn(() => saveView(settings, view))))
          throw new AdminProblem('too-much', {
            detail: `There are ${LIMITS.savedViews} views; remove one first.`,
          })
        return jsonResponse(toViewJson(view))
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/views/{name}',
      summary: 'Forgets a view.',
      audit: { subject: 'view' },
      answer: { status: 200, schema: z.object({ removed: z.string() }) },
      async handle({ params: { name = '' } }) {
        if (!(await inTurn(() => removeView(settings, name))))
          throw unknownView(name, await readViews(settings))
        return jsonResponse({ removed: name })
      },
    },
  ]
}

function checkName(name: string): void {
  if (NAME.test(name)) return
  throw new AdminProblem('invalid-request', {
    detail: 'The name has mistakes.',
    errors: [
      {
        path: 'name',
        message: 'not 1 to 60 letters, digits, spaces, dots, dashes and underscores',
        hint: 'It begins with a letter or a digit.',
      },
    ],
  })
}

function unknownView(name: string, views: readonly SavedView[]): AdminProblem {
  const names = views.map((view) => view.name)
  return new AdminProblem('not-found', {
    detail: `There is no view ${name.slice(0, 60)}.`,
    nearest: nearestNames(name, names),
  })
}

function toViewJson({ name, q, changedMs }: SavedView): JsonObject {
  return { name, q, changed_at: toTimeJson(changedMs) }
}
