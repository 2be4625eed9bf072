import type { RequestContext } from './dialect.ts'

type Added = string | number | boolean

/**
 * The fields of a body without those that the provider does not take, under the names that it knows, and beside them what has to be
 * said: the one place where `dropParams`, `renameParams` and `addParams` are obeyed, for everything that a request says. The same
 * object where there is nothing to do.
 */
export function obeyFieldNames<Value>(
  body: Readonly<Record<string, Value | undefined>>,
  { quirks, notice }: Pick<RequestContext, 'quirks' | 'notice'>,
): Readonly<Record<string, Value | Added | undefined>> {
  const { dropParams = NONE, renameParams = NO_NAMES, addParams } = quirks
  if (dropParams === NONE && renameParams === NO_NAMES && addParams === undefined) return body
  const obeyed: [string, Value | Added][] = addParams === undefined ? [] : Object.entries(addParams)
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue
    if (dropParams.includes(name)) {
      notice('param.dropped', name)
      continue
    }
    const renamed = Object.hasOwn(renameParams, name) ? renameParams[name] : undefined
    if (renamed !== undefined) notice('param.renamed', name)
    obeyed.push([renamed ?? name, value])
  }
  return Object.fromEntries(obeyed)
}

const NONE: readonly string[] = []
const NO_NAMES: Readonly<Record<string, string>> = {}
