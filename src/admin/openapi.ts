import { z } from 'zod'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { mayComeAgain, type AdminRoute } from './admin-route.ts'
import { problemSchema } from './problem.ts'
import { defined } from '../kit/defined.ts'

/** The OpenAPI 3.1 document of the admin API, made from the routes themselves. */
export function openApiDocument(routes: readonly AdminRoute[], version: string): JsonObject {
  const paths: Record<string, Record<string, Json>> = {}
  const shared: Record<string, Json> = {}
  for (const route of routes) {
    const path = (paths[route.path] ??= {})
    const id = operationId(route)
    path[route.method.toLowerCase()] = operationOf(route, id, schemasOf(id, shared))
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse admin API',
      version,
      description:
        'Keys, usage, requests and decisions of a Gatehouse. Errors are RFC 9457 problem documents.',
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: {
        problem: {
          description: 'What is wrong, with the nearest valid names.',
          content: {
            'application/problem+json': { schema: schemasOf('problem', shared)(problemSchema, 'output') },
          },
        },
      },
      schemas: shared,
    },
  }
}

type ToSchema = (schema: z.core.$ZodType, io: 'input' | 'output') => Json

function operationOf(route: AdminRoute, id: string, schemaJson: ToSchema): JsonObject {
  const { answer, body } = route
  const content = contentOf(route, schemaJson)
  return {
    summary: route.summary,
    operationId: id,
    parameters: [
      ...pathParameters(route.path),
      ...queryParameters(route.query, schemaJson),
      ...headerParameters(route),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaJson(body, 'input') } },
          },
        }),
    responses: {
      [String(answer?.status ?? 200)]: {
        description: 'Done.',
        ...defined({ content }),
      },
      ...(route.method === 'GET' && answer !== undefined
        ? { '304': { description: 'What `If-None-Match` names is still so.' } }
        : {}),
      default: { $ref: '#/components/responses/problem' },
    },
    ...(route.open === true ? {} : { security: [{}, { token: [] }] }),
  }
}

function contentOf({ answer, events }: AdminRoute, schemaJson: ToSchema): JsonObject | undefined {
  if (answer !== undefined) return { 'application/json': { schema: schemaJson(answer.schema, 'output') } }
  if (events === undefined) return undefined
  const data = Object.entries(events).map(([name, schema]) => [name, schemaJson(schema, 'output')])
  return { 'text/event-stream': { schema: { type: 'string' }, 'x-events': Object.fromEntries(data) } }
}

function headerParameters(route: AdminRoute): Json[] {
  if (!mayComeAgain(route)) return []
  const description =
    'The same key with the same body is done once and answered as the first time, for 24 hours.'
  return [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema: { type: 'string' } }]
}

/** `GET /api/v1/keys/{id}` → `get_keys_id`. */
function operationId(route: AdminRoute): string {
  const words = route.path.replace(/^\/api\/v1/, '').match(/\w+/g) ?? ['page']
  return [route.method.toLowerCase(), ...words].join('_')
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(query: z.ZodObject | undefined, schemaJson: ToSchema): Json[] {
  if (query === undefined) return []
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemaJson(schema, 'input'),
  }))
}

/** A part that is meant more than once, as the library puts it beside the schema. */
const DEFINED = '#/$defs/'

/** Gives schemas as JSON. In the document a reference is read from its top, so that what schemas mean more than once stands there. */
function schemasOf(owner: string, shared: Record<string, Json>): ToSchema {
  let count = 0
  return (schema, io) => {
    const generated: unknown = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a JSON Schema is JSON
    const { $schema: _dialect, $defs, ...rest } = generated as JsonObject
    if (!isObject($defs)) return rest
    const names = new Map(Object.keys($defs).map((name) => [name, `${owner}_${(count += 1)}`]))
    for (const [name, part] of Object.entries($defs)) shared[names.get(name) ?? name] = refer(part, names)
    return refer(rest, names)
  }
}

function refer(value: Json | undefined, names: ReadonlyMap<string, string>): Json {
  if (isArray(value)) return value.map((part) => refer(part, names))
  if (!isObject(value)) return value ?? null
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (key !== '$ref' || typeof part !== 'string' || !part.startsWith(DEFINED))
        return [key, refer(part, names)]
      const name = part.slice(DEFINED.length)
      return [key, `#/components/schemas/${names.get(name) ?? name}`]
    }),
  )
}
