import type { MediaBlock } from '../../exchange/content.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import type { Spellings, WireType } from '../blocks.ts'
import { mediaAddress } from '../media-address.ts'
import { audioFormat, MediaParts, type ReadContent } from '../media-parts.ts'
import { heldInSourced } from '../sourced-media.ts'
import { toSource } from '../media-source.ts'
import { refuseBlock } from '../refuse-block.ts'
import type { Towards } from '../towards.ts'
import { DEFAULT_FILE_NAME, FAMILY, FIELDS, MARKS } from './vocabulary.ts'

const PARTS = new MediaParts(FIELDS)

/** Images, sound, films and files. What the target cannot take is refused when it is written: input is never dropped in silence. */
export function spellMedia(readContent: ReadContent): Pick<Spellings<Towards>, 'media'> {
  // Of agents that were made for another API.
  const sourced = (...fields: readonly string[]): WireType<MediaBlock> => ({
    fields: new Set(['type', 'source', ...MARKS, ...fields]),
    held: heldInSourced,
    reworded: true,
    read: (raw, at) =>
      PARTS.readSourced(raw, at, readContent) ??
      FIELDS.refuseKind(`${at}.source.type`, 'base64, url, text, content or file'),
  })
  return {
    media: {
      read: {
        ...PARTS.types,
        image_url: holding('image_url', ['url', 'detail'], (raw, at) => PARTS.readImage(raw, at)),
        video_url: holding('video_url', ['url'], readVideo),
        file: holding('file', ['file_id', 'file_data', 'filename'], readFile),
        image: sourced(),
        document: sourced('title', 'context', 'citations'),
      },
      write: writeMedia,
    },
  }
}

function holding(
  key: string,
  fields: readonly string[],
  read: (raw: JsonObject, at: string) => MediaBlock,
): WireType<MediaBlock> {
  return { fields: new Set(['type', key]), held: [{ key, fields: new Set(fields) }], read }
}

function readVideo(raw: JsonObject, at: string): MediaBlock {
  const video = FIELDS.asObject(raw['video_url'], at, 'video_url')
  const source = toSource(FIELDS.requiredText(video, 'url', `${at}.video_url`))
  return { type: 'media', kind: 'video', source, at }
}

function readFile(raw: JsonObject, at: string): MediaBlock {
  const within = `${at}.file`
  return { ...PARTS.readFile(FIELDS.object(raw, 'file', at) ?? FIELDS.refuseAbsent(within), within), at }
}

function writeMedia(block: MediaBlock, to: Towards): JsonObject {
  const { kind, source, detail, name } = block
  const { url, fileId } = mediaAddress(block, to, FAMILY)
  if (fileId !== undefined) return { type: 'file', file: { file_id: fileId } }
  switch (kind) {
    case 'image':
      return { type: 'image_url', image_url: detail === undefined ? { url } : { url, detail } }
    case 'video':
      return { type: 'video_url', video_url: { url } }
    case 'audio':
      return { type: 'input_audio', input_audio: toAudio(block) }
    case 'document':
      if (source.from === 'url') return refuseBlock(block, 'Documents must be sent as bytes, not by URL.')
      return { type: 'file', file: { filename: name ?? DEFAULT_FILE_NAME, file_data: url } }
  }
}

function toAudio(block: MediaBlock): Json {
  const { source } = block
  if (source.from !== 'bytes') return refuseBlock(block, 'Audio must be sent as bytes.')
  return { data: source.base64, format: audioFormat(source.mediaType) }
}
