import { DEFAULT_CACHE, type CacheTerms } from '../exchange/cache.ts'
import { defined } from '../kit/defined.ts'
import type { SimilarTerms } from '../exchange/similar.ts'
import type { RouteTarget } from '../exchange/route.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import { unknownNames } from './rule-names.ts'
import type { CacheConfig } from './schema/cache.ts'
import type { SimilarConfig } from './schema/similar.ts'

/**
 * On what terms a route keeps answers; nothing where it keeps none.
 *
 * @param usual what holds for routes that say nothing, and fills in what the others leave out
 */
export function compileCache(
  own: CacheConfig | undefined,
  usual: CacheConfig | undefined,
): { readonly cache?: CacheTerms } {
  const said = own ?? usual
  if (said === undefined || said === 'off') return {}
  const below = usual === undefined || usual === 'off' ? {} : usual
  return { cache: { ...DEFAULT_CACHE, ...toTerms(below), ...toTerms(said) } }
}

function toTerms(said: Exclude<CacheConfig, 'off'>): Partial<CacheTerms> {
  const { ttl, scope, buckets, tags, sampled, semantic } = said
  return defined({
    ttlMs: ttl,
    scope,
    staleWhileRevalidateMs: said.stale_while_revalidate,
    staleIfErrorMs: said.stale_if_error,
    buckets,
    tags,
    sampled,
    similar: semantic === undefined ? undefined : toSimilarTerms(semantic),
  })
}

function toSimilarTerms({ embeddings, epsilon, judge, ...said }: SimilarConfig): SimilarTerms {
  const { usd, per } = said.audit_budget
  return {
    embeddings,
    epsilon,
    least: said.min_similarity,
    waitMs: said.wait,
    budget: { limitNanoUsd: usd, window: per },
    ...defined({ judge }),
  }
}

/**
 * What is wrong with similar answers: models that are not there, a route that judges its own answers, or several answers of each question,
 * of which a similar one would have any.
 *
 * @param find looks for a model, and tells itself what is wrong with that
 */
export function similarProblems(
  cache: CacheConfig | undefined,
  { name, routeNames, at }: SimilarPlace,
  find: (model: string, at: readonly PathStep[]) => readonly RouteTarget[],
): readonly ProblemDraft[] {
  if (cache === undefined || cache === 'off' || cache.semantic === undefined) return []
  const { embeddings, judge } = cache.semantic
  const path = [...at('cache'), 'semantic']
  const problems: ProblemDraft[] = []
  for (const [member, model] of Object.entries(defined({ embeddings, judge }))) {
    if (routeNames.includes(model)) continue
    const [misspelt] = unknownNames([[model, [...path, member]]], { what: 'route', known: routeNames })
    if (misspelt?.hint !== undefined && !model.includes('/')) problems.push(misspelt)
    else problems.push(...unfitFor(member, find(model, [...path, member]), [...path, member]))
  }
  if (problems.length > 0) return problems
  if (judge === name) return [{ path: [...path, 'judge'], message: 'a route cannot judge its own answers' }]
  if ((cache.buckets ?? 1) > 1)
    return [{ path, message: 'several answers are kept of each question', hint: 'Leave out "buckets".' }]
  return []
}

/** What makes vectors must be known to do so, or not known at all. */
function unfitFor(
  member: string,
  found: readonly RouteTarget[],
  path: readonly PathStep[],
): readonly ProblemDraft[] {
  if (member !== 'embeddings') return []
  return found.flatMap(({ target: { id, capabilities } }) => {
    const can = capabilities.operations
    if (can === undefined || can.length === 0 || can.includes('embed')) return []
    return [{ path, message: `${id} makes no vectors`, hint: `It can ${can.join(', ')}.` }]
  })
}

/** What is known of the route whose cache it is. */
interface SimilarPlace {
  readonly name: string
  readonly routeNames: readonly string[]
  readonly at: (member: 'cache') => readonly PathStep[]
}
