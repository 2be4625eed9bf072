import { z } from 'zod'
import type { Secret } from '../../kit/secret.ts'

const URL_FORM = 'an http or https URL'
const SECRET = 'a reference to a secret: env:NAME, file:/path or stored:NAME'
const TOKEN = 'letters, digits, . - and _'

/** Options that several contracts have. */
export const urlOption = z
  .string({ error: URL_FORM })
  .max(2_000, { error: URL_FORM })
  .refine((text) => /^https?:\/\/[^\s/@]+(\/[^\s@]*)?$/.test(text) && URL.canParse(text), { error: URL_FORM })

/** A reference to a secret; whoever shows the file hides what is written here. */
export const secretOption = z
  .string({ error: SECRET })
  .min(1, { error: SECRET })
  .max(8_192, { error: SECRET })
  .meta({ secret: true })

/** A name or an id that may become part of an address. */
export const tokenOption = z.string({ error: TOKEN }).regex(/^[A-Za-z0-9._-]{1,200}$/, { error: TOKEN })

/** An address without slashes at its end. */
export function trimUrl(url: string): string {
  return url.replace(/\/+$/, '')
}

/** The headers of a body of JSON, with a key where there is one. */
export function jsonHeaders(key: Secret | undefined): Readonly<Record<string, string>> {
  const headers = { 'content-type': 'application/json' }
  return key === undefined ? headers : { ...headers, authorization: `Bearer ${key.reveal()}` }
}
