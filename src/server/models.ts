import type { Caller } from '../exchange/exchange.ts'
import type { Json } from '../kit/json.ts'
import type { ListedModel } from '../gateway/plan.ts'

/** Unix time shown where SDK types demand a creation date and nobody knows one. */
const UNKNOWN_CREATED_S = 1_735_689_600

/**
 * The answer to `GET /v1/models`: one object that the official SDKs of several dialects all accept.
 *
 * @param models what the caller may use, in order
 */
export function modelList(models: readonly ListedModel[]): Json {
  const rows = models.map(modelRow)
  return {
    object: 'list',
    data: rows,
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }
}

/** One model, as `GET /v1/models/{id}` gives it. */
export function modelRow(model: ListedModel): { readonly [key: string]: Json } {
  return {
    id: model.id,
    object: 'model',
    type: 'model',
    created: UNKNOWN_CREATED_S,
    created_at: new Date(UNKNOWN_CREATED_S * 1000).toISOString(),
    owned_by: model.ownedBy,
    display_name: model.id,
    ...(model.contextTokens === undefined
      ? {}
      : { context_window: model.contextTokens, max_input_tokens: model.contextTokens }),
    ...(model.maxOutputTokens === undefined
      ? {}
      : { max_output_tokens: model.maxOutputTokens, max_tokens: model.maxOutputTokens }),
  }
}

/** Keeps the models that a caller's key allows. */
export function visibleModels(
  models: readonly ListedModel[],
  caller: Caller,
  allows: (caller: Caller, model: string) => boolean,
): readonly ListedModel[] {
  return models.filter((model) => allows(caller, model.id))
}
