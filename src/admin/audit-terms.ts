import { isArray, readNumber, readObject, readString, type JsonObject } from '../kit/json.ts'

/** What the audit takes down of a route. What is not named here is not told: neither what bodies hold, nor what is answered. */
export interface AuditTerms {
  /** The kind of what it is done to, as in `key`. Which one: what stands in the path, else `idIn`. */
  readonly subject: string
  /** Finds the id in the answer, where the path has none. */
  readonly idIn?: (answer: JsonObject) => string | undefined
  /** Members of the body and of the query whose values are told. None may hold a secret, or what was said. */
  readonly tells?: readonly string[]
  /** It takes something away from somebody who may be doing harm, so that it is done though no entry can be left before; it is left once that can be done. */
  readonly isUrgent?: true
  /** Says in words what came of it. */
  readonly cameOf?: (answer: JsonObject) => string | undefined
}

/** The id of what was made. */
export function madeId(answer: JsonObject): string | undefined {
  return readString(answer, 'id')
}

/** Numbers of an answer, each with its name. */
export function numbersIn(names: readonly string[]): (answer: JsonObject) => string {
  return (answer) =>
    names
      .flatMap((name) =>
        readNumber(answer, name) === undefined ? [] : `${name}: ${readNumber(answer, name)}`,
      )
      .join(', ')
}

/** The number of the version that was made. */
export function versionIn(answer: JsonObject): string | undefined {
  const number = readNumber(readObject(answer, 'version') ?? {}, 'number')
  return number === undefined ? undefined : String(number)
}

/** The version that was made and what it has changed, in the words of the house, which tell no secret. */
export function changesIn(answer: JsonObject): string {
  const version = readObject(answer, 'version') ?? {}
  if (answer['changed'] === false) return 'nothing was different'
  const changes = version['changes']
  const words = isArray(changes) ? changes.filter((change) => typeof change === 'string') : []
  return [
    `version ${readNumber(version, 'number') ?? '?'} (${readString(version, 'hash') ?? '?'})`,
    ...words,
  ].join('; ')
}
