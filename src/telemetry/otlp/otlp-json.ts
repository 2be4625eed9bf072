import { clipText } from '../../kit/plain-text.ts'

/** Values of attributes. What is undefined is left out. */
export type AttributeValue = string | number | boolean | bigint | readonly string[] | undefined

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** The most characters of a value: names that clients chose may be of any length. */
const VALUE_CHARACTERS = 500

/** `KeyValue` of opentelemetry/proto/common/v1 in its JSON form. */
export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }

/** Attributes as the protocol has them. */
export function toKeyValues(attributes: Attributes): KeyValue[] {
  const pairs: KeyValue[] = []
  for (const key in attributes) {
    const value = attributes[key]
    if (value !== undefined) pairs.push({ key, value: toAnyValue(value) })
  }
  return pairs
}

function toAnyValue(value: Exclude<AttributeValue, undefined>): AnyValue {
  if (typeof value === 'string') return { stringValue: clipText(value, VALUE_CHARACTERS) }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: value.toString() }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { arrayValue: { values: value.map((text) => toAnyValue(text)) } }
}

/** Milliseconds since 1970, with fractions, as the nanoseconds that the protocol counts in. */
export function toNanoText(ms: number): string {
  const whole = Math.floor(ms)
  const nanos = Math.min(999_999, Math.round((ms - whole) * 1e6))
  return `${whole}${String(nanos).padStart(6, '0')}`
}

/** Who exports. */
export interface Origin {
  readonly service: string
  readonly version: string
  /** Differs from process to process. */
  readonly instance: string
}

/** The two parts around everything that is exported. */
export function aroundExport({ service, version, instance }: Origin) {
  return {
    resource: {
      attributes: toKeyValues({
        'service.name': service,
        'service.version': version,
        'service.instance.id': instance,
      }),
    },
    scope: { name: 'gatehouse', version },
  }
}
