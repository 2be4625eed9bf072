import type { Citation } from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import { defined } from '../../kit/defined.ts'
import { readNumber, readString, type JsonObject } from '../../kit/json.ts'
import { FAMILY } from './vocabulary.ts'

/** Reads a source of a text, with what other dialects can say of it. */
export function readAnnotation(annotation: JsonObject): Citation {
  return {
    ...defined({
      url: readString(annotation, 'url'),
      title: readString(annotation, 'title'),
      start: readNumber(annotation, 'start_index'),
      end: readNumber(annotation, 'end_index'),
    }),
    extra: { [FAMILY]: annotation },
  }
}

/** Writes a source of a text; undefined, with a notice, for one that the dialect has no word for. */
export function writeAnnotation(
  { url, title, start = 0, end = start, extra }: Citation,
  notice: NoticeSink,
): JsonObject | undefined {
  const own = extra?.[FAMILY]
  if (own !== undefined) return own
  if (url !== undefined)
    return { type: 'url_citation', url, title: title ?? url, start_index: start, end_index: end }
  notice('citation.dropped')
  return undefined
}
