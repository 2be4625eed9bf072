import type { Gatehouse } from '../boot.ts'
import { ADMIN_TOKEN_FILE } from '../boot/admin-token.ts'
import { FIRST_KEY_FILE } from '../boot/first-key.ts'
import type { Output } from './output.ts'

export interface BannerFacts {
  readonly version: string
  /** The data directory as people read it. */
  readonly shownData: string
  /** How the command line is called here: `gatehouse`, or through npm. */
  readonly program: string
  /** The data directory was named by a flag, so other commands find it by the same. */
  readonly isDataNamed: boolean
  /** Nothing here is real, its token included. */
  readonly isDemo: boolean
}

/** Most targets of a route that the banner spells out. */
const SHOWN_TARGETS = 6

/** What a start says: where things are, who was found, and a line to try that works as printed. */
export function bannerLines(gatehouse: Gatehouse, facts: BannerFacts, output: Output): string[] {
  const { paint } = output
  const tick = paint('✔', 'green')
  const head = (text: string): string => paint(text.padEnd(10), 'bold')
  const seconds = (gatehouse.startedInMs / 1000).toFixed(2)
  const auto = gatehouse.routes.find(({ name }) => name === 'auto')
  const lines = [
    '',
    `  ${paint('gatehouse', 'bold')} ${facts.version} · data ${facts.shownData} · ready in ${seconds} s`,
    '',
    `  ${tick} ${head('Gateway')} ${paint(`${gatehouse.dataUrl}/v1`, 'cyan')}   OpenAI, Anthropic and Gemini clients`,
    `  ${tick} ${head('Admin')} ${paint(adminLink(gatehouse, facts, output), 'cyan')}   dashboard, metrics, API`,
    `  ${tick} ${head('Providers')} ${providersText(gatehouse)}`,
  ]
  if (auto !== undefined) {
    const shown = auto.targets.slice(0, SHOWN_TARGETS)
    const more = auto.targets.length - shown.length
    const tail = more > 0 ? ` → ${more} more` : ''
    lines.push(`  ${tick} ${head('Route')} auto → ${shown.join(' → ')}${tail}`)
  }
  if (gatehouse.configFile !== undefined) lines.push(`  ${tick} ${head('Config')} ${gatehouse.configFile}`)
  return [...lines, ...tryLines(gatehouse, facts, output), '', adminTokenText(gatehouse, facts.shownData), '']
}

/**
 * The link that opens the dashboard without a question, where a newcomer begins; shown once, when the token in it was made, and to a person, like the first key.
 * What follows the # is never sent to anybody: the page takes it from there and removes it.
 */
function adminLink(
  { adminUrl, adminToken }: Gatehouse,
  { isDemo }: BannerFacts,
  { isTalkTty }: Output,
): string {
  if (!isTalkTty || (adminToken.from !== 'made' && !isDemo)) return adminUrl
  return `${adminUrl}/${isDemo ? '' : 'start'}#token=${adminToken.secret.reveal()}`
}

/** Where the token stands that later starts do not show. */
function adminTokenText({ adminToken }: Gatehouse, shownData: string): string {
  const place = adminToken.from === 'config' ? 'server.admin_token' : `${shownData}/${ADMIN_TOKEN_FILE}`
  return `  The dashboard asks for the admin token: ${place}`
}

function providersText({ providers }: Gatehouse): string {
  if (providers.length === 0) return 'none'
  return providers
    .map(({ name, from, models }) => {
      const count = models === 0 ? '' : `, ${models} models`
      return `${name} (${from}${count})`
    })
    .join(', ')
}

/** The key is shown once, when it was made, and to a person: what is written to a file or a collector of logs stays there. */
function tryLines(gatehouse: Gatehouse, facts: BannerFacts, output: Output): string[] {
  const { shownData, program } = facts
  const place = facts.isDataNamed ? ` --data ${forShell(shownData)}` : ''
  const { dataUrl, firstKey, routes } = gatehouse
  if (firstKey === undefined) {
    return [
      '',
      `  Key       the first one was revoked; make another with: ${program} keys create NAME${place}`,
    ]
  }
  const model = routes.some(({ name }) => name === 'auto') ? 'auto' : (routes[0]?.name ?? 'auto')
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hi' }] })
  const pointing = `    eval "$(${program} env${place})"`
  const asking = (key: string): string[] => [
    `    curl -s ${dataUrl}/v1/chat/completions \\`,
    `      -H ${key} \\`,
    "      -H 'Content-Type: application/json' \\",
    `      -d '${body}'`,
  ]
  if (firstKey.from === 'file' || !output.isTalkTty) {
    const shown = `  Key       in ${shownData}/${FIRST_KEY_FILE}`
    return ['', shown, '', '  Try it:', pointing, ...asking('"Authorization: Bearer $GATEHOUSE_KEY"')]
  }
  const key = firstKey.secret.reveal()
  return [
    '',
    `  Key       ${key}`,
    '',
    '  Try it:',
    ...asking(`'Authorization: Bearer ${key}'`),
    '',
    '  Point a shell at it:',
    pointing,
  ]
}

/** A word as a POSIX shell reads it back. */
function forShell(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
