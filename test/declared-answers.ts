import { Validator, type Schema } from '@cfworker/json-schema'
import { isObject, parseJson, readObject, readString, type JsonObject } from '../src/kit/json.ts'

/** An answer of the admin listener, and what it answers. */
export interface GivenAnswer {
  readonly method: string
  /** With or without a query. */
  readonly path: string
  readonly status: number
  readonly contentType: string | null
  readonly text: string
}

/** Throws where an answer in JSON is not what the OpenAPI document says that it is. */
export type CheckAnswer = (answer: GivenAnswer) => void

/**
 * Takes an OpenAPI document and holds answers to it: the path, the status, the media type and the schema, in which members that it does
 * not name are mistakes. Answers of another kind than JSON are not looked at, unless the document says that they are JSON.
 */
export function declaredAnswers(document: JsonObject): CheckAnswer {
  const validators = new Map<JsonObject, Validator>()
  return (answer) => {
    const { method, path, text } = answer
    const type = answer.contentType?.split(';')[0] ?? ''
    if (!JSON_TYPES.has(type)) return
    const schema = schemaOf(document, answer, type)
    const validator = validators.get(schema) ?? new Validator(asSchema(schema, document), '2020-12', false)
    validators.set(schema, validator)
    const { valid, errors } = validator.validate(parseJson(text))
    if (valid) return
    const found = errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`).join('\n')
    throw new Error(
      `${method} ${path} answers what its schema does not allow:\n${found}\n${text.slice(0, 2_000)}`,
    )
  }
}

const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/problem+json'])

/** What no route answers is a problem, and so is what a route does not take. */
function schemaOf(document: JsonObject, answer: GivenAnswer, type: string): JsonObject {
  const { method, path, status } = answer
  const operation = operationAt(document, method, path)
  if (operation === undefined && status < 400) throw new Error(`${method} ${path} is not in the document`)
  const own = memberAt(operation, ['responses', String(status)])
  const response =
    own ?? (status < 400 ? undefined : memberAt(document, ['components', 'responses', 'problem']))
  const schema = memberAt(response, ['content', type, 'schema'])
  if (schema === undefined)
    throw new Error(`${method} ${path} answers ${status} ${type}, of which no schema tells`)
  return schema
}

function memberAt(object: JsonObject | undefined, names: readonly string[]): JsonObject | undefined {
  return names.reduce<JsonObject | undefined>((inner, name) => readObject(inner ?? {}, name), object)
}

/** What schemas share is referred to from the top of the document. */
function asSchema(schema: JsonObject, { components }: JsonObject): Schema {
  const copy: Schema = {}
  return Object.assign(copy, schema, { components })
}

/** The operation that answers a path: the first that fits, as the router has it. */
function operationAt(document: JsonObject, method: string, path: string): JsonObject | undefined {
  const given = (path.split('?')[0] ?? '').replace(/(?<=.)\/$/, '').split('/')
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase()
  for (const [pattern, operations] of Object.entries(readObject(document, 'paths') ?? {})) {
    const wanted = pattern.split('/')
    const isIt =
      wanted.length === given.length &&
      wanted.every((part, index) => part.startsWith('{') || part === given[index])
    if (isIt && isObject(operations) && readObject(operations, asked) !== undefined)
      return readObject(operations, asked)
  }
  return undefined
}

/** What may be asked for the document itself. */
export function readDocument(text: string): JsonObject {
  const document = parseJson(text)
  if (!isObject(document) || readString(document, 'openapi') === undefined)
    throw new Error('this is no OpenAPI document')
  return document
}
