import type { JsonObject } from '../../kit/json.ts'
import type { RequestHead } from '../dialect.ts'
import { FIELDS } from './vocabulary.ts'

/** The path of a model, which may be written as the API lists it (`models/…`) and hold slashes. */
export function pathOfModel(model: string): string {
  return `/models/${bareName(model).split('/').map(encodeURIComponent).join('/')}`
}

/**
 * The model that the path names. Throws `Failure('invalid-request')` where the body names another one.
 *
 * @param at place of the object in the body
 */
export function modelInPath({ params }: Pick<RequestHead, 'params'>, body: JsonObject, at = ''): string {
  const { model = FIELDS.refuseAbsent('model') } = params
  const named = FIELDS.text(body, 'model', at) ?? ''
  if (named === '' || bareName(named) === bareName(model)) return model
  return FIELDS.refuse(
    at === '' ? 'model' : `${at}.model`,
    `names '${named.slice(0, 100)}', and the path '${model.slice(0, 100)}'`,
  )
}

function bareName(model: string): string {
  return model.replace(/^models\//, '')
}
