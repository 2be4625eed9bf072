import { toRequestJson } from '../admin/to-json.ts'
import type { Clock } from '../kit/clock.ts'
import type { RequestRow, Store } from '../store/store.ts'
import { EXIT, type Command, type CommandCall } from './command.ts'
import { openInstallation } from './installation.ts'
import { requestLine } from './request-line.ts'

const POLL_MS = 500
const PAGE_ROWS = 500

/** The request log. */
export const logsCommand: Command = {
  name: 'logs',
  usage: '',
  summary: 'The request log; -f follows it.',
  examples: [
    'gatehouse logs',
    'gatehouse logs -f',
    'gatehouse logs --outcome provider-error --limit 100 --json',
  ],
  flags: {
    follow: { kind: 'switch', short: 'f', help: 'Go on with new requests until Ctrl-C.' },
    limit: { kind: 'number', short: 'n', value: 'N', help: 'How many, newest last; default: 20.' },
    key: { kind: 'text', value: 'ID', help: 'Only of this key.' },
    outcome: { kind: 'text', value: 'WORD', help: 'Only with this outcome: ok, or the code of a failure.' },
  },
  positionals: 0,
  async run(call) {
    const installation = await openInstallation(call, 'read')
    try {
      const last = await showLatest(call, installation.store)
      if (!call.arguments.has('follow')) return EXIT.ok
      return await follow(call, installation.store, last)
    } finally {
      await installation.close()
    }
  },
}

/** Shows the newest rows, oldest of them first; gives the id of the newest. */
async function showLatest(call: CommandCall, store: Store): Promise<string | undefined> {
  const { arguments: given, output } = call
  const key = given.text('key')
  const outcome = given.text('outcome')
  const { rows } = await store.requests.list({
    limit: Math.min(Math.max(given.number('limit') ?? 20, 1), PAGE_ROWS),
    ...(key === undefined ? {} : { keyId: key }),
    ...(outcome === undefined ? {} : { outcome }),
  })
  if (rows.length === 0) output.say('No request yet.')
  for (const row of rows.toReversed()) show(row, call)
  const [newest] = (await store.requests.list({ limit: 1 })).rows
  return newest?.id
}

async function follow(call: CommandCall, store: Store, last: string | undefined): Promise<number> {
  const { arguments: given, stopped, clock } = call
  const key = given.text('key')
  const outcome = given.text('outcome')
  let after = last
  while (!stopped.aborted) {
    const rows = await store.requests.since(after, PAGE_ROWS)
    for (const row of rows) {
      const wanted =
        (key === undefined || row.keyId === key) && (outcome === undefined || row.outcome === outcome)
      if (wanted) show(row, call)
    }
    after = rows.at(-1)?.id ?? after
    await pause(clock, stopped)
  }
  return EXIT.interrupted
}

function show(row: RequestRow, { output }: CommandCall): void {
  if (output.json) output.value(toRequestJson(row))
  else output.line(requestLine(row, output.paint))
}

/** Waits for the next look, or for Ctrl-C. */
async function pause(clock: Clock, stopped: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const keepAlive = setInterval(() => undefined, POLL_MS)
  const timer = clock.after(POLL_MS, resolve)
  stopped.addEventListener('abort', () => resolve(), { once: true })
  await promise
  timer.cancel()
  clearInterval(keepAlive)
}
