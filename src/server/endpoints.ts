import type { Dialect } from '../dialects/dialect.ts'
import { listEndpoints, type ListedEndpoint } from '../dialects/list-endpoints.ts'
import type { Operation } from '../exchange/operations/all.ts'
import { namesHeader } from '../kit/header-rules.ts'
import { isMisspelt, nearestNames } from '../kit/nearest.ts'
import { createPathPattern, decodePathPart, hasParameters, type PathPattern } from '../kit/path-pattern.ts'
import { FEEDBACK_ENDPOINT } from './feedback.ts'
import { MODELS_ENDPOINT, type ModelMethods } from './models.ts'
import { cleanPath } from './read-address.ts'
import { createHeaderSorter, type SortHeaders } from './sort-headers.ts'

/** An endpoint that a request was found to be for. */
export interface EndpointMatch extends ListedEndpoint {
  readonly sortHeaders: SortHeaders
  /** The parameters of the endpoint's path. */
  readonly params: Readonly<Record<string, string>>
  /** The model that stands before the endpoint in the path. */
  readonly model?: string
}

export interface Endpoints {
  /** Finds the endpoint of a path, forgiving what clients get wrong about base URLs. */
  find(path: string, method: string): EndpointMatch | undefined
  /** The methods that a path takes, as in the header `Allow`; undefined where nothing is. */
  allow(path: string): string | undefined
  /** The dialect whose own headers a request bears, for paths that several dialects share. */
  spokenBy(headers: Headers): Dialect | undefined
  /** The dialect whose error shape an unknown path is answered in, and the path that was meant, if one can be told. */
  nearest(path: string): { readonly dialect: Dialect; readonly meant?: string }
  readonly paths: readonly string[]
  /** The query parameters in which some client may send its key. */
  readonly keyParameters: readonly string[]
  readonly methods: ModelMethods
}

/** Longest prefix that is taken for a mistyped or proxied base URL, in segments. */
const MOST_PREFIX_SEGMENTS = 3
/** At the end of a prefix: some clients name the model there, encoded (`/openai/deployments/{model}/chat/completions`). */
const DEPLOYMENT = /\/deployments\/([^/]+)$/
const NO_PARAMS: Readonly<Record<string, string>> = {}

/** The endpoints at one path, by method. */
interface Site {
  readonly path: string
  readonly dialect: Dialect
  readonly endpoints: Map<string, EndpointMatch>
  /** Ends of paths that lead here. */
  readonly pattern: PathPattern
}

/** A site, and what the path said that led there. */
interface Found {
  readonly site: Site
  readonly params: Readonly<Record<string, string>>
  readonly model: string | undefined
}

/**
 * Builds the routing table from what the dialects declare.
 *
 * Users type base URLs with and without `/v1`, with a mount in front (`/openai/v1`, `/api/v1`) and with doubled
 * slashes; all of these mean the same endpoint, so a path is matched by its tail.
 */
export function createEndpoints(dialects: readonly Dialect[]): Endpoints {
  const sites = collectSites(dialects)
  const tails = [...sites.values()].sort((left, right) => right.path.length - left.path.length)
  const paths = [...sites.keys(), MODELS_ENDPOINT, FEEDBACK_ENDPOINT]
  const beginnings = collectBeginnings(sites.values())
  const marks = dialects.map((dialect) => ({ dialect, names: ownHeaders(dialect, dialects) }))
  const [first] = dialects
  if (first === undefined) throw new RangeError('a server needs at least one dialect')

  return {
    paths,
    keyParameters: keyParametersOf(dialects),
    methods: modelMethods(dialects),
    find(path, method) {
      const exact = sites.get(path)
      if (exact !== undefined) return exact.endpoints.get(method)
      const found = findByTail(tails, path)
      const match = found?.site.endpoints.get(method)
      if (match === undefined || found === undefined) return undefined
      const { params, model } = found
      if (model !== undefined) return { ...match, params, model }
      return params === NO_PARAMS ? match : { ...match, params }
    },
    allow(path) {
      const site = sites.get(path) ?? findByTail(tails, path)?.site
      return site === undefined ? undefined : [...site.endpoints.keys()].join(', ')
    },
    spokenBy: (headers) => marks.find(({ names }) => names.some((name) => headers.has(name)))?.dialect,
    nearest(path) {
      const clean = cleanPath(path)
      const written = tails.find((site) => clean.endsWith(site.path))
      const ending = (written ?? tails.find(({ pattern }) => pattern(clean) !== undefined))?.path
      const meant = ending ?? nearestNames(clean, paths, 1).find((name) => isMisspelt(clean, name))
      const begun = beginningsOf(clean).findLast((beginning) => beginnings.has(beginning))
      const dialect = sites.get(meant ?? '')?.dialect ?? beginnings.get(begun ?? '') ?? first
      return meant === undefined ? { dialect } : { dialect, meant }
    },
  }
}

/** The query parameters in which clients of some dialects may send their key; none where no dialect declares one. */
export function keyParametersOf(dialects: readonly Dialect[]): readonly string[] {
  return dialects.flatMap(({ keyParameter }) => keyParameter ?? [])
}

/** What stands behind the name of a model in a path. */
const METHOD = /\/models\/\{\+?model\}:(\w+)$/

function modelMethods(dialects: readonly Dialect[]): ModelMethods {
  const methods = new Map<Operation, string[]>()
  for (const { operation, path } of dialects.flatMap(listEndpoints)) {
    const method = METHOD.exec(path)?.[1]
    if (method !== undefined) methods.set(operation, [...(methods.get(operation) ?? []), method])
  }
  return methods
}

/** All endpoints of all dialects by their path. A path without parameters is found by itself. */
function collectSites(dialects: readonly Dialect[]): Map<string, Site> {
  const sites = new Map<string, Site>()
  for (const dialect of dialects) {
    const sortHeaders = createHeaderSorter(dialect.forwardHeaders, dialect.usualHeaders)
    for (const listed of listEndpoints(dialect)) {
      const { method, path } = listed
      const pattern = createPathPattern(withoutVersion(path))
      const site = sites.get(path) ?? { path, dialect, endpoints: new Map<string, EndpointMatch>(), pattern }
      sites.set(path, site)
      site.endpoints.set(method, { ...listed, sortHeaders, params: NO_PARAMS })
    }
  }
  return sites
}

/** What paths begin with, in whole segments, and whose they are; undefined where several dialects have paths that begin so. */
function collectBeginnings(sites: Iterable<Site>): ReadonlyMap<string, Dialect | undefined> {
  const beginnings = new Map<string, Dialect | undefined>()
  for (const { path, dialect } of sites) {
    for (const beginning of beginningsOf(path)) {
      const isShared = beginnings.has(beginning) && beginnings.get(beginning) !== dialect
      beginnings.set(beginning, isShared ? undefined : dialect)
    }
  }
  return beginnings
}

/** The beginnings of a path in whole segments, the shortest first. */
function beginningsOf(path: string): readonly string[] {
  return [...path.matchAll(/\/|$/g)].slice(1).map(({ index }) => path.slice(0, index))
}

function findByTail(tails: readonly Site[], path: string): Found | undefined {
  const clean = cleanPath(path)
  // A version that is written counts: two of them may have the rest in common.
  const named = tails.find((site) => clean.endsWith(site.path))
  for (const site of named === undefined ? tails : [named, ...tails]) {
    const match = site.pattern(clean)
    if (match === undefined) continue
    const deployment = DEPLOYMENT.exec(match.prefix)
    const mount = deployment === null ? match.prefix : match.prefix.slice(0, deployment.index)
    if (!isPrefix(mount)) return undefined
    const params = hasParameters(site.path) ? match.params : NO_PARAMS
    return { site, params, model: deployment === null ? undefined : decodePathPart(deployment[1] ?? '') }
  }
  return undefined
}

/** The headers that only clients of one dialect send. */
function ownHeaders(dialect: Dialect, dialects: readonly Dialect[]): readonly string[] {
  const others = dialects.filter((other) => other !== dialect).flatMap((other) => other.forwardHeaders)
  return dialect.forwardHeaders.filter((name) => !name.endsWith('*') && !namesHeader(others, name))
}

function withoutVersion(path: string): string {
  return path.replace(/^\/v\d+(?:beta)?(?=\/)/, '')
}

function isPrefix(prefix: string): boolean {
  return (
    prefix === '' || (/^(?:\/[\w-]+)+$/.test(prefix) && prefix.split('/').length - 1 <= MOST_PREFIX_SEGMENTS)
  )
}
