import type { Capabilities } from '../exchange/target.ts'
import { Failure } from '../exchange/failure.ts'
import type { Operation } from '../exchange/operations/all.ts'
import type { ListedModel } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import type { Json } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { decodePathPart } from '../kit/path-pattern.ts'

/** Where models are listed, however the base URL was written. */
const MODELS_PATH = /^(?:\/[\w-]+){0,3}?\/models(?:\/(.+))?$/
/** Unix time shown where SDK types demand a creation date and nobody knows one. */
const UNKNOWN_CREATED_S = 1_735_689_600
const MOST_PER_PAGE = 1_000
const SUGGESTIONS = 3
/** Of a name that a client made up. */
const LONGEST_SHOWN = 100

/** The path under which clients know the list. */
export const MODELS_ENDPOINT = '/v1/models'

/** What a path asks of the models: all of them, or one by name. Undefined for other paths. */
export function readModelsPath(path: string): { readonly wanted?: string } | undefined {
  const match = MODELS_PATH.exec(path)
  if (match === null) return undefined
  return match[1] === undefined ? {} : { wanted: decodePathPart(match[1]) }
}

/** What a model can be asked for behind a colon of its path, by operation. */
export type ModelMethods = ReadonlyMap<Operation, readonly string[]>

/**
 * The answer to `GET /v1/models`: one object that the official SDKs of several dialects all accept. Everything at once,
 * unless the client asks for pages in the way of a dialect that has them (`limit`, `after_id`, `before_id`; `pageSize`, `pageToken`).
 *
 * @param models what the caller may use, in order
 * @throws Failure `invalid-request` for a page that cannot be
 */
export function modelList(
  models: readonly ListedModel[],
  query: URLSearchParams | undefined,
  methods: ModelMethods,
): Json {
  const { shown, hasMore } = pageOf(models, query)
  const lastId = shown.at(-1)?.id
  return {
    object: 'list',
    data: shown.map(rowOf),
    has_more: hasMore,
    first_id: shown[0]?.id ?? null,
    last_id: lastId ?? null,
    models: shown.map((model) => resourceOf(model, methods)),
    ...defined({ nextPageToken: hasMore ? lastId : undefined }),
  }
}

interface ModelPage {
  readonly shown: readonly ListedModel[]
  readonly hasMore: boolean
}

function pageOf(models: readonly ListedModel[], query: URLSearchParams | undefined): ModelPage {
  const limit = readLimit('limit', query) ?? readLimit('pageSize', query) ?? models.length
  const before = query?.get('before_id') ?? undefined
  if (before !== undefined) {
    const end = indexOf(before, 'before_id', models)
    const begin = Math.max(0, end - limit)
    return { shown: models.slice(begin, end), hasMore: begin > 0 }
  }
  const param = query?.has('after_id') === true ? 'after_id' : 'pageToken'
  const after = query?.get(param) ?? undefined
  const begin = after === undefined ? 0 : indexOf(after, param, models) + 1
  return { shown: models.slice(begin, begin + limit), hasMore: begin + limit < models.length }
}

function readLimit(param: string, query: URLSearchParams | undefined): number | undefined {
  const text = query?.get(param) ?? undefined
  if (text === undefined) return undefined
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MOST_PER_PAGE) return limit
  const message = `'${param}' must be a whole number from 1 to ${MOST_PER_PAGE}.`
  throw new Failure('invalid-request', { param, message })
}

function indexOf(id: string, param: string, models: readonly ListedModel[]): number {
  const index = models.findIndex((model) => model.id === id)
  if (index >= 0) return index
  throw new Failure('invalid-request', { param, message: `'${param}' is not a model of this list.` })
}

/**
 * One model by name: of the list, or one that a pattern among the routes stands for.
 *
 * @param unlisted the model of a name that is not listed, where the caller may use it
 * @throws Failure `model-not-found` with the nearest that the caller may use
 */
export function findModel(
  models: readonly ListedModel[],
  wanted: string,
  unlisted: (model: string) => ListedModel | undefined,
): ListedModel {
  const found = models.find(({ id }) => id === wanted) ?? unlisted(wanted)
  if (found !== undefined) return found
  const nearest = nearestNames(
    wanted,
    models.map(({ id }) => id),
    SUGGESTIONS,
  )
  const hint = nearest[0] === undefined ? '' : ` Did you mean "${nearest[0]}"?`
  const message = `There is no model or route named "${wanted.slice(0, LONGEST_SHOWN)}".${hint}`
  throw new Failure('model-not-found', { message, param: 'model', nearest })
}

/** What a model of which nothing is known is taken for. */
const USUAL_OPERATIONS: readonly Operation[] = ['chat', 'count-tokens']

/** A model for clients to whom it is a resource with a name in a path (https://ai.google.dev/api/models). */
function resourceOf(
  { id, facts = {} }: ListedModel,
  methods: ModelMethods,
): { readonly [key: string]: Json } {
  const { contextTokens, maxInputTokens: inputTokenLimit = contextTokens, maxOutputTokens, reasoning } = facts
  const operations = facts.operations ?? USUAL_OPERATIONS
  return {
    name: `models/${id}`,
    displayName: id,
    supportedGenerationMethods: operations.flatMap((operation) => methods.get(operation) ?? []),
    ...defined({
      inputTokenLimit,
      outputTokenLimit: maxOutputTokens,
      thinking: reasoning === undefined ? undefined : reasoning !== 'none',
    }),
  }
}

/** One model, as `GET /v1/models/{id}` gives it: one object again that all official SDKs accept. */
export function modelRow(model: ListedModel, methods: ModelMethods): { readonly [key: string]: Json } {
  return { ...rowOf(model), ...resourceOf(model, methods) }
}

/** One model in the list. */
function rowOf(model: ListedModel): { readonly [key: string]: Json } {
  return {
    id: model.id,
    object: 'model',
    type: 'model',
    created: UNKNOWN_CREATED_S,
    created_at: new Date(UNKNOWN_CREATED_S * 1000).toISOString(),
    owned_by: model.ownedBy,
    display_name: model.id,
    ...(model.facts === undefined ? {} : factMembers(model.facts)),
  }
}

/**
 * Facts under the names by which clients look for them: limits as OpenAI-compatible servers and agents do (`context_window`,
 * `max_output_tokens`), as Anthropic's SDK does (`max_input_tokens`, `max_tokens`), and as those do that know OpenRouter
 * (`context_length`, `architecture`, https://openrouter.ai/docs/api-reference/list-available-models).
 */
function factMembers(facts: Capabilities): { readonly [key: string]: Json } {
  const { maxInputTokens, contextTokens = maxInputTokens, maxOutputTokens, retiresOn } = facts
  return defined({
    context_window: contextTokens,
    context_length: contextTokens,
    max_input_tokens: maxInputTokens ?? contextTokens,
    max_output_tokens: maxOutputTokens,
    max_tokens: maxOutputTokens,
    architecture: modalities(facts),
    deprecation_date: retiresOn,
  })
}

/** What the model reads and says, where that is known of anything but text. */
function modalities({ vision, documents, audioInput, audioOutput }: Capabilities): Json | undefined {
  const read = besideText({ image: vision, file: documents, audio: audioInput })
  const written = besideText({ audio: audioOutput })
  if (read === undefined && written === undefined) return undefined
  return defined({ input_modalities: read, output_modalities: written })
}

function besideText(kinds: Readonly<Record<string, boolean | undefined>>): readonly string[] | undefined {
  const beside = Object.entries(kinds)
  if (beside.every(([, isKnown]) => isKnown === undefined)) return undefined
  return ['text', ...beside.flatMap(([kind, isKnown]) => (isKnown === true ? [kind] : []))]
}

/** Keeps the models that a caller's key allows. */
export function visibleModels(
  models: readonly ListedModel[],
  allows: (model: string) => boolean,
): readonly ListedModel[] {
  return models.filter(({ id }) => allows(id))
}
