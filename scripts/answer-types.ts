import { openRunningGateway } from '../test/running-gateway.ts'
import {
  isArray,
  isObject,
  parseJson,
  readArray,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../src/kit/json.ts'

/** The OpenAPI document of a gateway as it runs. */
async function readDocument(): Promise<JsonObject> {
  const gateway = await openRunningGateway()
  try {
    const document = parseJson(await (await gateway.askAdmin('/openapi.json')).text())
    return isObject(document) ? document : {}
  } finally {
    await gateway.close()
  }
}

const document = await readDocument()

const HEAD = '// Made from the OpenAPI document of the admin API by `npm run docs`: what its answers hold.'

/** What the admin API answers, as types of TypeScript: `dashboard/src/api/answers.ts`. */
export function answerTypes(): string {
  const types = Object.values(readObject(document, 'paths') ?? {})
    .flatMap((path) => (isObject(path) ? Object.values(path) : []))
    .filter(isObject)
    .flatMap(typesOf)
  return [HEAD, ...types].join('\n\n') + '\n'
}

function typesOf(operation: JsonObject): string[] {
  const name = (readString(operation, 'operationId') ?? '').replaceAll(
    /(?:^|_)(\w)/g,
    (_all, first: string) => first.toUpperCase(),
  )
  const answers = Object.values(readObject(operation, 'responses') ?? {}).filter(isObject)
  return answers.flatMap((answer) => {
    const schema = jsonSchemaOf(answer)
    if (schema === undefined) return []
    return [`/** ${readString(operation, 'summary') ?? ''} */\nexport type ${name} = ${typeOf(schema, '')}`]
  })
}

function jsonSchemaOf(body: JsonObject): JsonObject | undefined {
  const content = readObject(readObject(body, 'content') ?? {}, 'application/json')
  return content === undefined ? undefined : readObject(content, 'schema')
}

/** One schema; what zod does not make of the admin API's schemas is `unknown`. */
function typeOf(schema: Json | undefined, indent: string): string {
  if (!isObject(schema)) return 'unknown'
  if (schema['const'] !== undefined) return literal(schema['const'])
  if (schema['enum'] !== undefined) return readArray(schema, 'enum').map(literal).join(' | ')
  const choices = [...readArray(schema, 'anyOf'), ...readArray(schema, 'oneOf')]
  if (choices.length > 0) return choices.map((choice) => typeOf(choice, indent)).join(' | ')
  const { type } = schema
  if (isArray(type)) return type.map((one) => typeOf({ ...schema, type: one }, indent)).join(' | ')
  if (type === 'string' || type === 'boolean' || type === 'null') return type
  if (type === 'number' || type === 'integer') return 'number'
  if (type === 'array') return `readonly (${typeOf(schema['items'], indent)})[]`
  return type === 'object' ? objectType(schema, indent) : 'unknown'
}

function literal(value: Json): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", String.raw`\'`)}'` : JSON.stringify(value)
}

function objectType(schema: JsonObject, indent: string): string {
  const properties = readObject(schema, 'properties')
  if (properties === undefined)
    return `Readonly<Record<string, ${typeOf(schema['additionalProperties'], indent)}>>`
  const required = new Set(readArray(schema, 'required'))
  const deeper = `${indent}  `
  const members = Object.entries(properties).map(([name, member]) => {
    const shown = /^\w+$/.test(name) ? name : JSON.stringify(name)
    return `${deeper}readonly ${shown}${required.has(name) ? '' : '?'}: ${typeOf(member, deeper)}`
  })
  return `{\n${members.join('\n')}\n${indent}}`
}
