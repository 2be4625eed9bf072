import type { Family, MediaBlock, TextBlock } from '../exchange/content.ts'
import { Failure } from '../exchange/failure.ts'
import { isMixed, type Input, type MixedInput } from '../exchange/operations/inputs.ts'
import { defined } from '../kit/defined.ts'
import { isObject, type Json, type JsonObject } from '../kit/json.ts'
import type { Fields } from './fields.ts'
import { withUnknown, type HeldObject } from './unknown-members.ts'
import { toSource } from './media-source.ts'

/*
 * Texts and images side by side in a list of inputs, in the spelling that OpenAI (https://platform.openai.com/docs/guides/moderation)
 * and Cohere (https://docs.cohere.com/reference/embed) share.
 */

/** Reads the parts of an input; others than texts and images are refused by name. */
export function readParts(parts: readonly Json[], place: string, fields: Fields): MixedInput {
  if (parts.length === 0) fields.refuse(place, 'must hold at least one part')
  return { parts: parts.map((part, index) => readPart(part, `${place}[${index}]`, fields)) }
}

function readPart(value: Json, at: string, fields: Fields): TextBlock | MediaBlock {
  const part = fields.asObject(value, at)
  const type = fields.requiredText(part, 'type', at)
  if (type === 'text')
    return { type: 'text', text: fields.requiredText(part, 'text', at), ...fields.unknown(part, TEXT_FIELDS) }
  if (type !== 'image_url') return fields.refuse(`${at}.type`, 'must be text or image_url')
  const held = part['image_url']
  const url = isObject(held)
    ? fields.requiredText(held, 'url', `${at}.image_url`)
    : fields.requiredText(part, 'image_url', at)
  return { ...imageAt(url, at), ...fields.unknown(part, IMAGE_FIELDS, HELD_IMAGE) }
}

const TEXT_FIELDS: ReadonlySet<string> = new Set(['type', 'text'])
const IMAGE_FIELDS: ReadonlySet<string> = new Set(['type', 'image_url'])
const HELD_IMAGE: readonly HeldObject[] = [{ key: 'image_url', fields: new Set(['url']) }]

/** An image, by its address or as a `data:` URL. */
export function imageAt(url: string, at: string): MediaBlock {
  return { type: 'media', kind: 'image', source: toSource(url), at }
}

/** The parts of an input as a provider of a family gets them. */
export function writeParts({ parts }: MixedInput, family: Family): readonly JsonObject[] {
  return parts.map((part) =>
    withUnknown(
      part.type === 'text'
        ? { type: 'text', text: part.text }
        : { type: 'image_url', image_url: { url: imageUrl(part) } },
      part.extra?.[family],
    ),
  )
}

/** Where an image is, with its bytes in the URL where they are at hand. */
export function imageUrl({ kind, source, at }: MediaBlock): string {
  if (kind === 'image' && source.from === 'url') return source.url
  if (kind === 'image' && source.from === 'bytes') return `data:${source.mediaType};base64,${source.base64}`
  throw new Failure('unsupported-feature', {
    message: 'Beside texts only images are looked at here, sent as bytes or by their address.',
    ...defined({ param: at }),
  })
}

/** An input as text, where it is nothing else. */
export function textOfInput(input: Input): string | undefined {
  if (typeof input === 'string') return input
  return isMixed(input) ? plainText(input) : undefined
}

/** The texts of a mixture in one, where it is nothing but text. */
export function plainText({ parts }: MixedInput): string | undefined {
  const texts: string[] = []
  for (const part of parts) {
    if (part.type !== 'text') return undefined
    texts.push(part.text)
  }
  return texts.join('\n')
}
