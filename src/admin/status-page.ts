import type { Random } from '../kit/random.ts'
import { showUsd } from '../kit/money.ts'
import type { RequestRow, Store } from '../store/store.ts'
import type { AdminRoute } from './admin-route.ts'
import { SAFE_HEADERS } from './problem.ts'
import { STATUS_STYLE } from './status-style.ts'
import type { StatusReport } from './status-report.ts'
import { usageText } from './usage-text.ts'
import { totalUsage } from './report-usage.ts'

export interface StatusPageNeeds {
  readonly store: Pick<Store, 'ledger' | 'requests'>
  readonly report: () => StatusReport
  readonly nowMs: () => number
  readonly random: Random
}

const DAY_MS = 86_400_000
const SHOWN_REQUESTS = 25
const REFRESH_S = 10

/** The page that a browser gets: what runs, where it leads, what it did last and what it cost. No scripts, nothing from elsewhere. */
export function statusPageRoute(needs: StatusPageNeeds): AdminRoute {
  return {
    method: 'GET',
    path: '/status',
    summary: 'Status page for people whose browser runs no scripts.',
    async handle() {
      const nonce = btoa(String.fromCharCode(...needs.random.bytes(16)))
      const html = await renderStatusPage(needs, nonce)
      return new Response(html, {
        headers: {
          ...SAFE_HEADERS,
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
        },
      })
    },
  }
}

async function renderStatusPage({ store, report, nowMs }: StatusPageNeeds, nonce: string): Promise<string> {
  const now = nowMs()
  const status = report()
  const [page, day] = await Promise.all([
    store.requests.list({ limit: SHOWN_REQUESTS }),
    totalUsage(store.ledger, { fromMs: now - DAY_MS, toMs: now + 1 }),
  ])
  const cards = [
    card('Spent in 24 hours', shortUsd(day.costNanoUsd), spendNote(day.simulatedNanoUsd, day.unpriced)),
    card('Attempts in 24 hours', String(day.attempts), `${usageText(day.usage)} (tokens in→out)`),
    card('In flight', String(status.inFlight), status.draining ? 'draining' : 'accepting requests'),
    card('Up for', duration(now - status.startedAtMs), `version ${escape(status.version)}`),
  ]
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="refresh" content="${REFRESH_S}"><title>Gatehouse</title>`,
    `<style nonce="${nonce}">${STATUS_STYLE}</style></head><body><main>`,
    `<header><h1>Gatehouse</h1><p>Clients connect to <code>${escape(status.dataUrl)}/v1</code></p></header>`,
    warnings(status),
    `<section class="cards">${cards.join('')}</section>`,
    section('Last requests', requestTable(page.rows, now)),
    section('Routes', routeTable(status)),
    section('Providers', providerTable(status)),
    `<footer>Plan ${escape(status.planVersion)}${status.configFile === undefined ? ', no configuration file' : `, from ${escape(status.configFile)}`}. This page renews itself every ${REFRESH_S} seconds. <a href="/statusz">statusz</a> <a href="/metrics">metrics</a> <a href="/openapi.json">API</a></footer>`,
    '</main></body></html>',
  ].join('')
}

function warnings({ configHealthy, troubles, configFile }: StatusReport): string {
  const texts = [
    ...(configHealthy
      ? []
      : [
          `${configFile ?? 'The configuration'} was changed and has mistakes; the plan before it stays in force.`,
        ]),
    ...troubles.map(({ part, text }) => `${part}: ${text}`),
  ]
  return texts.map((text) => `<p class="warning">${escape(text)}</p>`).join('')
}

function spendNote(simulatedNanoUsd: bigint, unpriced: number): string {
  const notes = [
    ...(simulatedNanoUsd > 0n ? [`${shortUsd(simulatedNanoUsd)} simulated apart`] : []),
    ...(unpriced > 0 ? [`${unpriced} without a price`] : []),
  ]
  return notes.length === 0 ? 'real money only' : notes.join(', ')
}

/** Amounts from a cent up in cents, smaller ones whole. */
function shortUsd(nano: bigint): string {
  return nano >= 10_000_000n ? `$${(Number(nano / 10_000_000n) / 100).toFixed(2)}` : showUsd(nano)
}

function card(title: string, value: string, note: string): string {
  return `<div class="card"><h3>${title}</h3><p class="value">${value}</p><p class="note">${note}</p></div>`
}

function section(title: string, content: string): string {
  return `<section><h2>${title}</h2>${content}</section>`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('')
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

function requestTable(rows: readonly RequestRow[], nowMs: number): string {
  if (rows.length === 0) return '<p class="empty">No request yet. The next one appears here.</p>'
  return table(
    ['When', 'Asked for', 'Answered by', 'Outcome', 'Time', 'Tokens', 'Cost', 'Key'],
    rows.map((row) => [
      `<span title="${new Date(row.atMs).toISOString()}">${duration(nowMs - row.atMs)} ago</span>`,
      escape(row.requestedModel),
      escape(row.target ?? ''),
      outcomeCell(row),
      `${Math.round(row.durationMs)} ms`,
      `${row.inputTokens} → ${row.outputTokens}`,
      costCell(row),
      escape(row.keyName ?? ''),
    ]),
  )
}

function outcomeCell(row: RequestRow): string {
  return `<span class="${row.outcome === 'ok' ? 'good' : 'bad'}">${escape(row.outcome)}</span> ${row.status}`
}

function costCell(row: RequestRow): string {
  if (row.costNanoUsd === undefined) return 'unpriced'
  return `${showUsd(row.costNanoUsd)}${row.simulated ? ' <small>simulated</small>' : ''}`
}

/** Names that only lead to themselves (`provider/model`) are left out. */
function routeTable(report: StatusReport): string {
  const routes = report.routes.filter(({ name, targets }) => targets.length !== 1 || targets[0] !== name)
  if (routes.length === 0) return '<p class="empty">No routes. Models are reached as provider/model.</p>'
  const arrow = ' <span class="arrow">→</span> '
  return table(
    ['Name', 'Leads to'],
    routes.map(({ name, targets }) => [escape(name), targets.map(escape).join(arrow)]),
  )
}

function providerTable({ providers }: StatusReport): string {
  if (providers.length === 0) return '<p class="empty">No provider.</p>'
  return table(
    ['Name', 'From', 'State'],
    providers.map(({ name, from, state }) => [
      escape(name),
      escape(from),
      `<span class="${state === 'ready' ? 'good' : 'bad'}">${escape(state)}</span>`,
    ]),
  )
}

/** A length of time in its largest unit: `42 s`, `3 min`, `5 h`, `2 d`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Names come from clients and files: nothing of them is markup. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
