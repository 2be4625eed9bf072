import type { Block, MediaBlock, MediaSource } from '../exchange/content.ts'
import { defined } from '../kit/defined.ts'
import { isObject, readBoolean, readObject, type JsonObject } from '../kit/json.ts'
import type { WireType } from './blocks.ts'
import type { Fields } from './fields.ts'
import { toSource } from './media-source.ts'
import { PDF } from './media-type.ts'

/** How a dialect reads the content of what holds some, by its place. */
export type ReadContent = (holder: JsonObject, key: string, within: string) => readonly Block[]

/** Formats of sound that are called otherwise than their media types. */
const FORMATS: ReadonlyMap<string, string> = new Map([['mp3', 'mpeg']])

/** Reads parts of a conversation that hold media, in the forms that clients of several dialects write. */
export class MediaParts {
  readonly #fields: Fields
  /** The parts `input_…`, which clients of more than one dialect write. */
  readonly types: Readonly<Record<string, WireType<MediaBlock>>> = {
    input_image: {
      fields: new Set(['type', 'image_url', 'file_id', 'detail']),
      // Of an older API, where clients mix both up.
      held: [{ key: 'image_url', fields: new Set(['url', 'detail']) }],
      read: (raw, at) => this.readImage(raw, at),
    },
    input_file: {
      fields: new Set(['type', 'file_data', 'file_url', 'file_id', 'filename']),
      read: (raw, at) => this.readFile(raw, at),
    },
    input_audio: {
      fields: new Set(['type', 'input_audio']),
      held: [{ key: 'input_audio', fields: new Set(['data', 'format']) }],
      read: (raw, at) => this.#readAudio(raw, at),
    },
  }

  constructor(fields: Fields) {
    this.#fields = fields
  }

  /** An image by its address, which stands in `image_url` or in an object there, or by the id of a file. */
  readImage(raw: JsonObject, at: string): MediaBlock {
    const fields = this.#fields
    const held = raw['image_url']
    const within = `${at}.image_url`
    const url = isObject(held) ? fields.requiredText(held, 'url', within) : fields.text(raw, 'image_url', at)
    const source =
      url === undefined
        ? this.#fileOf(fields.text(raw, 'file_id', at) ?? fields.refuseAbsent(within))
        : toSource(url)
    const detail =
      (isObject(held) ? fields.text(held, 'detail', within) : undefined) ?? fields.text(raw, 'detail', at)
    return { type: 'media', kind: 'image', source, ...defined({ detail }), at }
  }

  /**
   * A document by its bytes, its address or the id of a file.
   *
   * @param within where the object stands that says so
   */
  readFile(file: JsonObject, within: string): MediaBlock {
    const fields = this.#fields
    const name = fields.text(file, 'filename', within)
    const data = fields.text(file, 'file_data', within)
    const url = fields.text(file, 'file_url', within) ?? data
    const source =
      url === undefined ? this.#readFileId(file, within) : toSource(url, data === undefined ? undefined : PDF)
    return { type: 'media', kind: 'document', source, ...defined({ name }), at: within }
  }

  #readAudio(raw: JsonObject, at: string): MediaBlock {
    const fields = this.#fields
    const within = `${at}.input_audio`
    const audio = fields.asObject(raw['input_audio'], within)
    const format = fields.requiredText(audio, 'format', within)
    const base64 = fields.requiredText(audio, 'data', within)
    const mediaType = `audio/${FORMATS.get(format) ?? format}`
    return { type: 'media', kind: 'audio', source: { from: 'bytes', base64, mediaType }, at }
  }

  /** An image or a document by its `source`; undefined for a source of a kind that is not known. */
  readSourced(raw: JsonObject, at: string, readContent: ReadContent): MediaBlock | undefined {
    const fields = this.#fields
    const held = fields.asObject(raw['source'], at, 'source')
    const source = this.#readSource(held, `${at}.source`, readContent)
    if (source === undefined) return undefined
    if (raw['type'] === 'image') return { type: 'media', kind: 'image', source, at }
    const name = fields.text(raw, 'title', at)
    const context = fields.text(raw, 'context', at)
    const cite = readBoolean(readObject(raw, 'citations') ?? {}, 'enabled')
    return { type: 'media', kind: 'document', source, at, ...defined({ name, context, cite }) }
  }

  #readSource(source: JsonObject, at: string, readContent: ReadContent): MediaSource | undefined {
    const fields = this.#fields
    switch (fields.requiredText(source, 'type', at)) {
      case 'base64': {
        const base64 = fields.requiredText(source, 'data', at)
        return { from: 'bytes', base64, mediaType: fields.requiredText(source, 'media_type', at) }
      }
      case 'url':
        return toSource(fields.requiredText(source, 'url', at))
      case 'text':
        return { from: 'text', text: fields.requiredText(source, 'data', at) }
      case 'content':
        return { from: 'blocks', blocks: readContent(source, 'content', at) }
      case 'file':
        return this.#readFileId(source, at)
      default:
        return undefined
    }
  }

  #readFileId(holder: JsonObject, within: string): MediaSource {
    return this.#fileOf(this.#fields.requiredText(holder, 'file_id', within))
  }

  #fileOf(fileId: string): MediaSource {
    return { from: 'file', family: this.#fields.family, fileId }
  }
}

/** The format of a recording of a media type, as it is called in `input_audio`. */
export function audioFormat(mediaType: string): string {
  const known = [...FORMATS].find(([, type]) => mediaType === `audio/${type}`)
  return known?.[0] ?? mediaType.replace(/^audio\/(?:x-)?/, '')
}
