import { z } from 'zod'
import { isNetwork } from '../../kit/address-list.ts'
import { parseDuration } from '../../kit/duration.ts'
import { parseUsd } from '../../kit/money.ts'
import { parseCount } from '../../kit/quantity.ts'

/**
 * Values that several sections share. Each says what it expects in its own words, because "invalid input" helps nobody;
 * the message reads on from "expected".
 */

const DURATION = 'a duration such as 500ms, 30s, 2m, 1h or 7d'

/** A timer of the runtime fires at once when it is set beyond 2^31 ms, which are almost 25 days. */
const LONGEST_MS = 24 * 86_400_000
const TOO_LONG = 'a duration of at most 24d'
const NOT_ZERO = 'a duration above 0 such as 500ms, 30s, 2m, 1h or 7d'

/** `30s` → milliseconds. */
export const durationSchema = z
  .string({ error: DURATION })
  .regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/, { error: DURATION, abort: true })
  .refine((text) => parseDuration(text) !== undefined, { error: DURATION, abort: true })
  .transform((text) => Math.round(parseDuration(text) ?? 0))
  .refine((ms) => ms <= LONGEST_MS, { error: TOO_LONG })

/** A limit of time: none of these can be 0, which would refuse everything. */
export const timeLimitSchema = durationSchema.refine((ms) => ms > 0, { error: NOT_ZERO })

const AGE = 'an age such as 12h, 30d or 400d, or forever'
const SIZE = 'a size in bytes such as 500MB or 20GB, or unlimited'

/** `30d` → milliseconds; `forever` → Infinity. */
export const ageSchema = z
  .string({ error: AGE })
  .refine((text) => text === 'forever' || (parseDuration(text) ?? 0) > 0, { error: AGE })
  .transform((text) => (text === 'forever' ? Number.POSITIVE_INFINITY : (parseDuration(text) ?? 0)))

/** `1GB` → 1 000 000 000; `unlimited` → Infinity. */
export const sizeSchema = z
  .string({ error: SIZE })
  .refine((text) => text === 'unlimited' || readSize(text) !== undefined, { error: SIZE })
  .transform((text) => (text === 'unlimited' ? Number.POSITIVE_INFINITY : (readSize(text) ?? 0)))

function readSize(text: string): number | undefined {
  return /^[\d.]+ ?[kmg]?b$/i.test(text) ? parseCount(text.slice(0, -1)) : undefined
}

const COUNT = 'a whole number ≥ 1 such as 600, 10k or 2M'

/** `2M` → 2 000 000. */
export const countSchema = z.union(
  [
    z.int({ error: COUNT }).min(1, { error: COUNT }),
    z
      .string({ error: COUNT })
      .refine((text) => (parseCount(text) ?? 0) >= 1, { error: COUNT })
      .transform((text) => parseCount(text) ?? 1),
  ],
  { error: COUNT },
)

const DAY = 'a day such as 2027-07-24'

/** A day, as `YYYY-MM-DD`. */
export const daySchema = z.iso.date({ error: DAY })

const AMOUNT = 'an amount of US dollars ≥ 0 such as 5 or 0.25'

/** A decimal, kept as text so that no floating point comes between the file and the ledger. */
export const decimalSchema = z
  .union(
    [
      z.number({ error: AMOUNT }).min(0, { error: AMOUNT }).max(1e12, { error: AMOUNT }),
      z.string({ error: AMOUNT }).regex(/^\d{1,12}(\.\d{1,12})?$/, { error: AMOUNT }),
    ],
    { error: AMOUNT },
  )
  .transform(String)

/** Dollars → nano-USD. */
export const usdSchema = decimalSchema.transform((amount) => parseUsd(amount))

const SECRET = 'a reference to a secret: env:NAME, file:/path or stored:NAME'

/** A reference to a secret, resolved when the file is loaded. Plain text is taken with a warning. */
export const secretSchema = z
  .string({ error: SECRET })
  .min(1, { error: SECRET })
  .max(8_192, { error: SECRET })
  .meta({ secret: true })

/** True or false and nothing that merely sounds like it. */
export const flagSchema = z.boolean({ error: 'true or false' })

export const textSchema = z.string({ error: 'text' }).max(2_000, { error: 'text of at most 2000 characters' })

export const portSchema = z
  .int({ error: 'a port from 0 to 65535' })
  .min(0, { error: 'a port from 0 to 65535' })
  .max(65_535, { error: 'a port from 0 to 65535' })

const NAME = 'a name of lower-case letters, digits, dots, dashes and underscores'

/** Names of providers, projects and keys. */
export const nameSchema = z.string({ error: NAME }).regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, { error: NAME })

const URL_FORM = 'an http or https URL'

export const urlSchema = z
  .string({ error: URL_FORM })
  .regex(/^https?:\/\/[^\s/]/, { error: URL_FORM })
  .transform((url) => url.replace(/\/+$/, ''))

const MODEL = 'a model as provider/model, or the name of an alias'

/** What routes point to. */
export const modelSchema = z.string({ error: MODEL }).regex(/^[^\s]{1,200}$/, { error: MODEL })

const PATTERN = 'a model name, or a pattern with one * at its end such as openai/*'

/** Models a key may use. */
export const modelPatternSchema = z
  .string({ error: PATTERN })
  .regex(/^[^\s*]{0,200}\*?$/, { error: PATTERN })
  .min(1, { error: PATTERN })

const DATE = 'a date such as 2027-06-30, or a time such as 2027-06-30T12:00:00Z'

/** The end of a key's life → wall time in milliseconds; a date means the end of that day, UTC. */
export const expirySchema = z
  .string({ error: DATE })
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/, { error: DATE })
  .refine(isRealDay, { error: DATE, abort: true })
  .transform((text) => Date.parse(text.length === 10 ? `${text}T23:59:59.999Z` : text))
  .refine((ms) => Number.isFinite(ms), { error: DATE })

/** False for 31 February, of which the runtime would make a day in March. */
function isRealDay(text: string): boolean {
  const day = text.slice(0, 10)
  const ms = Date.parse(day)
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day)
}

const NETWORK = 'an IP address or a network such as 10.0.0.0/8'

/** Where a request may come from. */
export const networkSchema = z.string({ error: NETWORK }).refine(isNetwork, { error: NETWORK })

const HEADER = 'a header that does not frame the request'
/** What says where a request begins, ends and goes is for the sender alone. */
const FRAMING =
  /^(host|connection|content-length|content-encoding|transfer-encoding|te|trailer|upgrade|expect|keep-alive)$/i

/** Names of headers that a provider wants: https://www.rfc-editor.org/rfc/rfc9110#name-field-names */
export const headerNameSchema = z
  .string({ error: HEADER })
  .regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, { error: HEADER })
  .refine((name) => !FRAMING.test(name), { error: HEADER })
