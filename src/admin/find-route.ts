import { nearestNames } from '../kit/nearest.ts'
import type { AdminRoute } from './admin-route.ts'
import { AdminProblem } from './problem.ts'

/** A route, and the values of the `{name}` parts of its path. */
interface Found {
  readonly route: AdminRoute
  readonly params: Readonly<Record<string, string>>
}

/** A route that only carries the problem of a wrong path or method, so that the guard speaks first, unless it is open. */
function refusal(problem: AdminProblem, open = false): Found {
  const route: AdminRoute = {
    method: 'GET',
    path: '',
    summary: '',
    open,
    handle: () => {
      throw problem
    },
  }
  return { route, params: {} }
}

/** The route of a method and a path; undefined where there is nothing at the path. */
export function findRoute(routes: readonly AdminRoute[], method: string, path: string): Found | undefined {
  const asked = method === 'HEAD' ? 'GET' : method
  const matching = routes.flatMap((route) => {
    const params = matchPath(route.path, path)
    return params === undefined ? [] : [{ route, params }]
  })
  const found = matching.find(({ route }) => route.method === asked)
  if (found !== undefined) return found
  if (matching.length === 0) return undefined
  const allow = matching.map(({ route }) => route.method).join(', ')
  return refusal(notAllowed(path, allow))
}

/** What is said of a method that a path does not take. */
export function notAllowed(path: string, allow: string): AdminProblem {
  return new AdminProblem('method-not-allowed', { detail: `${path} takes ${allow}.`, headers: { allow } })
}

/** Everything that programs ask here stands below it. */
const API_PATHS = '/api/'

/** An application that came to the wrong listener has no token for this one, and is told all the same where the right one is. */
export function nothingAt(path: string, routes: readonly AdminRoute[], dataUrl: string): Found {
  const nothing = `There is nothing at ${path.slice(0, 200)}.`
  if (!path.startsWith(API_PATHS)) {
    const detail = `${nothing} This is the listener for operators; applications use ${dataUrl}.`
    return refusal(new AdminProblem('not-found', { detail }), true)
  }
  const paths = [...new Set(routes.map((route) => route.path))]
  return refusal(new AdminProblem('not-found', { detail: nothing, nearest: nearestNames(path, paths) }))
}

/** The values of `{name}` parts, or undefined when the path is another one. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.replace(/(?<=.)\/$/, '').split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const actual = given[index] ?? ''
    if (part.startsWith('{')) params[part.slice(1, -1)] = decode(actual)
    else if (part !== actual) return undefined
  }
  return params
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
