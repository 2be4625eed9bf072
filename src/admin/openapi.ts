import { z } from 'zod'
import type { Json, JsonObject } from '../kit/json.ts'
import type { AdminRoute } from './admin-route.ts'
import { defined } from '../kit/defined.ts'

/** The OpenAPI 3.1 document of the admin API, made from the routes themselves. */
export function openApiDocument(routes: readonly AdminRoute[], version: string): JsonObject {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    const path = (paths[route.path] ??= {})
    path[route.method.toLowerCase()] = operationOf(route)
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
          content: { 'application/problem+json': { schema: { type: 'object' } } },
        },
      },
    },
  }
}

function operationOf(route: AdminRoute): JsonObject {
  const { answer, body } = route
  const content =
    answer === undefined ? undefined : { 'application/json': { schema: schemaJson(answer.schema, 'output') } }
  return {
    summary: route.summary,
    operationId: operationId(route),
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
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
      default: { $ref: '#/components/responses/problem' },
    },
    ...(route.open === true ? {} : { security: [{}, { token: [] }] }),
  }
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

function queryParameters(query: z.ZodObject | undefined): Json[] {
  if (query === undefined) return []
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemaJson(schema, 'input'),
  }))
}

function schemaJson(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const generated: unknown = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a JSON Schema is JSON
  const { $schema: _dialect, ...rest } = generated as JsonObject
  return rest
}
