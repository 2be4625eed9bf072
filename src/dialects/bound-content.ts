import type { ChatRequest } from '../exchange/chat.ts'
import type { BoundContent, Family } from '../exchange/content.ts'
import { Failure } from '../exchange/failure.ts'
import type { Quirks } from '../exchange/target.ts'
import type { JsonObject } from '../kit/json.ts'

/** A field of requests that holds content or stands for some, and whether what it stands for is kept by the provider. */
export type BoundField = Pick<BoundContent, 'kept'> & { readonly name: string }

/**
 * Adds what a family alone can say, of the unknown fields of an object, to what was found before.
 *
 * @param within where the object stands, unless it is the body itself
 */
export function addBound(
  bound: readonly BoundContent[] | undefined,
  unknown: JsonObject | undefined,
  search: BoundSearch,
): readonly BoundContent[] | undefined {
  if (unknown === undefined) return bound
  const added = boundIn(unknown, search)
  if (added.length === 0) return bound
  return bound === undefined ? added : [...bound, ...added]
}

function boundIn(unknown: JsonObject, { family, fields, within }: BoundSearch): readonly BoundContent[] {
  const found = fields.filter(({ name }) => unknown[name] !== undefined && unknown[name] !== null)
  return found.map(({ name, kept }) => ({
    family,
    field: within === undefined ? name : `${within}.${name}`,
    kept,
  }))
}

interface BoundSearch {
  readonly family: Family
  readonly fields: readonly BoundField[]
  readonly within?: string | undefined
}

/**
 * Refuses a request whose content would not reach the model: what another family says in a way of its own, and what stands for
 * something that the provider does not keep. Left out, the answer would be one to another question.
 * Throws `Failure('unsupported-feature')` that names the client's field.
 *
 * @param family that of the target
 */
export function refuseBound({ bound }: ChatRequest, family: Family, { keeps }: Quirks): void {
  if (bound === undefined) return
  for (const { field, family: own, kept } of bound) {
    if (own === family && (!kept || keeps?.includes(field) === true)) continue
    throw new Failure('unsupported-feature', {
      param: field,
      message: `The chosen model does not know what \`${field}\` stands for. Send the content itself or choose another model.`,
    })
  }
}
