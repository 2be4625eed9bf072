import { clipText } from '../../kit/plain-text.ts'
import {
  jsonRequest,
  titleOf,
  toPlainItem,
  type ChannelMessage,
  type ChannelRequest,
} from './channel-message.ts'

/** Discord takes 6,000 characters in all embeds together. */
const MOST_ITEMS = 8
const TITLE_CHARACTERS = 200
const TEXT_CHARACTERS = 500
/** Everything by which Discord's Markdown begins something (https://support.discord.com/hc/articles/210298617). */
const MARKDOWN = /[\\*_~`|>#[\]()<@:-]/g

/** A message of Discord, which mentions nobody whatever stands in it. */
export function writeDiscord(message: ChannelMessage, url: string): ChannelRequest {
  const items = message.items.slice(0, MOST_ITEMS).map(toPlainItem)
  const left = message.items.length - items.length
  return jsonRequest(url, {
    content: clipText(`${escapeMarkdown(titleOf(message))}${left > 0 ? ` (and ${left} more)` : ''}`, 1_900),
    allowed_mentions: { parse: [] },
    embeds: items.map(({ title, text, description }) => ({
      title: clipText(escapeMarkdown(title), TITLE_CHARACTERS),
      description: clipText(
        escapeMarkdown(description === undefined ? text : `${text}\n${description}`),
        TEXT_CHARACTERS,
      ),
      ...(message.link !== undefined && { url: message.link }),
    })),
  })
}

function escapeMarkdown(text: string): string {
  return text.replace(MARKDOWN, '\\$&')
}
