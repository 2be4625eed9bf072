import {
  jsonRequest,
  titleOf,
  toPlainItem,
  type ChannelMessage,
  type ChannelRequest,
} from './channel-message.ts'

/** Blocks of one message; Slack takes fifty. */
const MOST_ITEMS = 20

/**
 * A message of Slack. What stands in a `plain_text` object is shown as it is; the line for notifications is not, and is escaped
 * (https://docs.slack.dev/messaging/formatting-message-text).
 */
export function writeSlack(message: ChannelMessage, url: string): ChannelRequest {
  const items = message.items.slice(0, MOST_ITEMS).map(toPlainItem)
  const left = message.items.length - items.length
  return jsonRequest(url, {
    text: escapeSlack(titleOf(message)),
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      ...items.flatMap(({ title, text, description }) => [
        section(`${title}\n${text}${description === undefined ? '' : `\n${description}`}`),
      ]),
      ...(left > 0 ? [section(`and ${left} more`)] : []),
      ...(message.link === undefined
        ? []
        : [
            {
              type: 'actions',
              elements: [{ type: 'button', text: plainText('Open in Gatehouse'), url: message.link }],
            },
          ]),
    ],
  })
}

function section(text: string): object {
  return { type: 'section', text: plainText(text) }
}

function plainText(text: string): object {
  return { type: 'plain_text', text, emoji: false }
}

/** The three characters that begin something. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
