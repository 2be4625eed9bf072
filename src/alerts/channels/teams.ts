import {
  jsonRequest,
  titleOf,
  toPlainItem,
  type ChannelMessage,
  type ChannelRequest,
} from './channel-message.ts'

/** Teams takes messages of 28 KB. */
const MOST_ITEMS = 15

/**
 * A message of a workflow of Microsoft Teams: an adaptive card. Its text runs know no Markdown, unlike its text blocks
 * (https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features).
 */
export function writeTeams(message: ChannelMessage, url: string): ChannelRequest {
  const items = message.items.slice(0, MOST_ITEMS).map(toPlainItem)
  const left = message.items.length - items.length
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: titleOf(message),
    body: [
      ...items.flatMap(({ title, text, description }) => [
        line({ text: title, weight: 'Bolder' }),
        line({ text }),
        ...(description === undefined ? [] : [line({ text: description, isSubtle: true })]),
      ]),
      ...(left > 0 ? [line({ text: `and ${left} more` })] : []),
    ],
    ...(message.link !== undefined && {
      actions: [{ type: 'Action.OpenUrl', title: 'Open in Gatehouse', url: message.link }],
    }),
  }
  return jsonRequest(url, {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card },
    ],
  })
}

function line(run: object): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', ...run }] }
}
