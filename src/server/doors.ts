import type { Dialect, Endpoint } from '../dialects/dialect.ts'
import { namesHeader } from '../kit/header-rules.ts'
import { isMisspelt, nearestNames } from '../kit/nearest.ts'
import { createForwardedPicker, type PickForwarded } from './forwarded-headers.ts'
import { decodeName, MODELS_DOOR } from './models.ts'

/** Where a client may knock: a dialect and one of its endpoints. */
export interface Door {
  readonly dialect: Dialect
  readonly endpoint: Endpoint
  readonly pickForwarded: PickForwarded
  /** The model that the path names, for bodies that name none. */
  readonly model?: string
}

export interface Doors {
  /** Finds the door of a path, forgiving what clients get wrong about base URLs. */
  find(path: string): Door | undefined
  /** The dialect whose own headers a request bears, for paths that several dialects share. */
  spokenBy(headers: Headers): Dialect | undefined
  /** The dialect whose error shape an unknown path is answered in, and the path that was meant, if one can be told. */
  nearest(path: string): { readonly dialect: Dialect; readonly meant?: string }
  readonly paths: readonly string[]
}

/** Longest prefix that is taken for a mistyped or proxied base URL, in segments. */
const MOST_PREFIX_SEGMENTS = 3
const SLASHES = /\/{2,}/g
/** At the end of a prefix: some clients name the model there, encoded (`/openai/deployments/{model}/chat/completions`). */
const DEPLOYMENT = /\/deployments\/([^/]+)$/

/**
 * Builds the routing table from what the dialects declare.
 *
 * Users type base URLs with and without `/v1`, with a mount in front (`/openai/v1`, `/api/v1`) and with doubled
 * slashes; all of these mean the same door, so a path is matched by its tail.
 */
export function createDoors(dialects: readonly Dialect[]): Doors {
  const doors = new Map<string, Door>()
  for (const dialect of dialects) {
    const pickForwarded = createForwardedPicker(dialect.forwardHeaders)
    for (const endpoint of dialect.endpoints) doors.set(endpoint.path, { dialect, endpoint, pickForwarded })
  }
  const tails = [...doors].map(([path, door]) => ({ tail: withoutVersion(path), door }))
  tails.sort((left, right) => right.tail.length - left.tail.length)
  const paths = [...doors.keys(), MODELS_DOOR]
  const marks = dialects.map((dialect) => ({ dialect, names: ownHeaders(dialect, dialects) }))
  const [first] = dialects
  if (first === undefined) throw new RangeError('a server needs at least one dialect')

  const findByTail = (path: string): Door | undefined => {
    const clean = cleanPath(path)
    const ending = tails.find(({ tail }) => clean.endsWith(tail))
    if (ending === undefined) return undefined
    const prefix = clean.slice(0, -ending.tail.length)
    const deployment = DEPLOYMENT.exec(prefix)
    if (!isPrefix(deployment === null ? prefix : prefix.slice(0, deployment.index))) return undefined
    return deployment === null ? ending.door : { ...ending.door, model: decodeName(deployment[1] ?? '') }
  }

  return {
    paths,
    find: (path) => doors.get(path) ?? findByTail(path),
    spokenBy: (headers) => marks.find(({ names }) => names.some((name) => headers.has(name)))?.dialect,
    nearest(path) {
      const clean = cleanPath(path)
      const ending = tails.find(({ tail }) => clean.endsWith(tail))?.door.endpoint.path
      const meant = ending ?? nearestNames(clean, paths, 1).find((name) => isMisspelt(clean, name))
      const dialect = doors.get(meant ?? '')?.dialect ?? first
      return meant === undefined ? { dialect } : { dialect, meant }
    },
  }
}

/** The headers that only clients of one dialect send. */
function ownHeaders(dialect: Dialect, dialects: readonly Dialect[]): readonly string[] {
  const others = dialects.filter((other) => other !== dialect).flatMap((other) => other.forwardHeaders)
  return dialect.forwardHeaders.filter((name) => !name.endsWith('*') && !namesHeader(others, name))
}

function withoutVersion(path: string): string {
  return path.replace(/^\/v\d+(?:beta)?(?=\/)/, '')
}

/** Single slashes, none at the end. */
export function cleanPath(path: string): string {
  const short = path.slice(0, 512)
  const single = short.includes('//') ? short.replaceAll(SLASHES, '/') : short
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single
}

function isPrefix(prefix: string): boolean {
  return (
    prefix === '' || (/^(?:\/[\w-]+)+$/.test(prefix) && prefix.split('/').length - 1 <= MOST_PREFIX_SEGMENTS)
  )
}
