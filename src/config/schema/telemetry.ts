import { z } from 'zod'
import { CONVENTIONS } from '../../telemetry/otlp/conventions.ts'
import { LOGGED_REQUESTS } from '../../telemetry/request-line.ts'
import { sampleSchema } from './sample.ts'
import { sinksSchema } from './sinks.ts'
import { durationSchema, flagSchema, nameSchema, secretSchema, textSchema, urlSchema } from './values.ts'

const HEADER = 'the name of a header'
const headerNameSchema = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, { error: HEADER })

const otlpSchema = z
  .strictObject({
    url: urlSchema.describe(
      'Address of an OpenTelemetry collector that takes OTLP over HTTP, such as http://127.0.0.1:4318; /v1/traces and /v1/metrics are added.',
    ),
    headers: z
      .record(headerNameSchema, secretSchema)
      .default({})
      .describe('Headers of each delivery, such as authorization: env:OTLP_AUTHORIZATION.'),
    traces: flagSchema.default(true).describe('Export traces.'),
    metrics: flagSchema.default(true).describe('Export metrics.'),
    sample: sampleSchema.prefault({}),
    semconv: z
      .enum(CONVENTIONS)
      .default('1.41')
      .describe('Version of the GenAI semantic conventions by which attributes are named.'),
    every: durationSchema.prefault('5s').describe('How long traces are gathered before they are sent.'),
    metrics_every: durationSchema.prefault('60s').describe('How often metrics are sent.'),
  })
  .describe('Where traces and metrics are sent.')

/** What is told of the gateway to others. */
export const telemetrySchema = z
  .strictObject({
    service: textSchema.default('gatehouse').describe('Name of this gateway in traces and metrics.'),
    log: z
      .strictObject({
        requests: z
          .enum(LOGGED_REQUESTS)
          .default('failed')
          .describe(
            'Which requests have a line in the log of the process: those that the gateway or a provider failed (failed), all, or none.',
          ),
      })
      .prefault({})
      .describe('The log of the process.'),
    otlp: otlpSchema.optional(),
    sinks: sinksSchema,
    propagate: z
      .array(nameSchema)
      .max(100)
      .default([])
      .describe(
        'Providers that are told of the trace (traceparent, tracestate, baggage), by name: those that you run yourself, or that trace for you.',
      ),
  })
  .describe(
    'Traces, metrics and records for others. See docs/telemetry.md. Read at the start only: a change here needs a restart.',
  )
