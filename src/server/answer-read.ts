import { Failure } from '../exchange/failure.ts'
import type { Caller } from '../exchange/caller.ts'
import type { AuthenticatedCaller } from '../gateway/gateway.ts'
import { listedModel, routeNamed, type ListedModel, type Plan } from '../gateway/plan.ts'
import type { Endpoints } from './endpoints.ts'
import { findModel, modelList, modelRow, readModelsPath, visibleModels } from './models.ts'
import type { Address } from './read-address.ts'

/** Paths at which clients look whether anybody is home, before they send anything. */
const GREETINGS: ReadonlySet<string> = new Set(['/', '/api/hello'])

export interface ReadNeeds {
  readonly endpoints: Endpoints
  /** Judges the key of the request. Throws `Failure`. */
  readonly authenticate: () => AuthenticatedCaller
  readonly allows: (plan: Plan, caller: Caller, model: string) => boolean
  /** Headers of answers that belong to no exchange. */
  readonly headers: () => Record<string, string>
}

/** True for a method that asks and changes nothing. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Answers `GET /v1/models`, `GET /v1/models/{id}` and greetings. Throws `Failure` for everything else. */
export function answerRead(method: string, { path, query }: Address, needs: ReadNeeds): Response {
  if (method === 'HEAD' && GREETINGS.has(path)) return new Response(null, { status: 200 })
  const asked = readModelsPath(path)
  if (asked === undefined) {
    throw noSuchEndpoint(needs.endpoints, path)
  }
  const { caller, plan } = needs.authenticate()
  const allows = (model: string): boolean => needs.allows(plan, caller, model)
  const visible = visibleModels(plan.models, allows)
  const unlisted = (model: string): ListedModel | undefined => {
    const route = allows(model) ? routeNamed(plan, model) : undefined
    return route === undefined ? undefined : { ...listedModel(route), id: model }
  }
  const { wanted } = asked
  const { methods } = needs.endpoints
  const answer =
    wanted === undefined
      ? modelList(visible, query, methods)
      : modelRow(findModel(visible, wanted, unlisted), methods)
  return Response.json(answer, { headers: needs.headers() })
}

/**
 * What a request that is no read finds where no endpoint is: nothing, or the list of models, which is only read. In other
 * dialects a model is told what to do behind a colon of its path.
 */
export function nothingToPost(endpoints: Endpoints, path: string): Failure {
  const asked = readModelsPath(path)
  const isListed = asked !== undefined && asked.wanted?.includes(':') !== true
  return isListed ? methodNotAllowed('GET, HEAD') : noSuchEndpoint(endpoints, path)
}

/** There is nothing at the path, or nothing by this method. */
function noSuchEndpoint(endpoints: Endpoints, path: string): Failure {
  const allow = endpoints.allow(path)
  return allow === undefined ? unknownPath(endpoints, path) : methodNotAllowed(allow)
}

function methodNotAllowed(allow: string): Failure {
  return new Failure('method-not-allowed', { headers: { allow } })
}

function unknownPath(endpoints: Endpoints, path: string): Failure {
  const { meant } = endpoints.nearest(path)
  const hint =
    meant === undefined
      ? `Gatehouse does not speak the API that this path belongs to. It serves ${endpoints.paths.join(', ')}.`
      : `Did you mean ${meant}?`
  return new Failure('unknown-path', {
    message: `There is nothing at ${path.slice(0, 200)}. ${hint}`,
    nearest: meant === undefined ? endpoints.paths : [meant],
  })
}
