import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ADMIN_TOKEN_FILE } from '../boot/admin-token.ts'
import { readTextFile } from '../boot/read-text.ts'
import type { Store } from '../store/store.ts'
import { defined } from '../kit/defined.ts'
import { isProcessAlive, readAddress } from './address-file.ts'
import { EXIT, type Command, type CommandCall } from './command.ts'
import { CLIENT_ROWS } from '../clients/rows/all.ts'
import type { Check, Finding, FindingState } from './doctor/finding.ts'
import { well } from './doctor/finding.ts'
import { adminFindings, runningFindings, type GatewayFacts } from './doctor/gateway.ts'
import { clockFindings, configFindings, directoryFindings, shellFindings } from './doctor/here.ts'
import { keyFindings } from './doctor/keys.ts'
import { priceFindings, providerFindings } from './doctor/providers.ts'
import { openInstallation, pathsOf } from './installation.ts'
import { compileOffline, type OfflinePlan } from './offline-plan.ts'
import type { Output } from './output.ts'

/** What is wrong with an installation. */
export const doctorCommand: Command = {
  name: 'doctor',
  usage: '',
  summary: 'What is wrong with this installation, why, and what to do.',
  examples: ['gatehouse doctor', 'gatehouse doctor --offline', 'gatehouse doctor --json'],
  flags: { offline: { kind: 'switch', help: 'Ask no provider.' } },
  positionals: 0,
  async run(call) {
    const { output } = call
    const store = await openStore(call)
    try {
      const checks = await checksOf(call, store)
      const results = await Promise.all(
        checks.map(async ({ name, run }) => ({ name, findings: await run().catch(failed) })),
      )
      const hasErrors = results.some(({ findings }) => findings.some(({ state }) => state === 'error'))
      if (output.json) {
        output.value({
          ok: !hasErrors,
          checks: results.map(({ name, findings }) => ({
            name,
            findings: findings.map(({ state, text, advice }) => ({ state, text, ...defined({ advice }) })),
          })),
        })
      } else for (const { name, findings } of results) tell(name, findings, output)
      return hasErrors ? EXIT.failed : EXIT.ok
    } finally {
      if ('close' in store) await store.close()
    }
  },
}

/** A check that broke has found something, too. */
function failed(thrown: unknown): readonly Finding[] {
  return [{ state: 'error', text: thrown instanceof Error ? thrown.message : String(thrown) }]
}

const NO_STORE = { none: 'there is nothing in it yet' } as const
type Opened =
  | Awaited<ReturnType<typeof openInstallation>>
  | { readonly none: string }
  | { readonly unusable: Error }

async function openStore(call: CommandCall): Promise<Opened> {
  if (!existsSync(pathsOf(call).dataDirectory)) return NO_STORE
  try {
    return await openInstallation(call, 'read')
  } catch (thrown) {
    return { unusable: thrown instanceof Error ? thrown : new Error(String(thrown)) }
  }
}

/** Everything that is looked at, in the order in which it is told. */
async function checksOf(call: CommandCall, opened: Opened): Promise<readonly Check[]> {
  const offline = call.arguments.has('offline')
  const paths = pathsOf(call)
  const nowMs = call.clock.nowMs()
  const compiled = await compileOffline(call).catch((thrown: unknown) =>
    thrown instanceof Error ? thrown : new Error(String(thrown)),
  )
  const store = 'store' in opened ? opened.store : undefined
  const facts = gatewayFacts(call, compiled)
  const plan = compiled instanceof Error ? undefined : compiled.compiled.plan
  const url = facts.address?.dataUrl ?? `http://${facts.host}:${facts.port}`
  const needsPlan = (
    name: string,
    run: (given: NonNullable<typeof plan>) => Promise<readonly Finding[]>,
  ): Check => ({
    name,
    run: async () => (plan === undefined ? skipped('the configuration has mistakes') : run(plan)),
  })
  return [
    { name: 'config', run: async () => configOf(compiled) },
    { name: 'data', run: () => directoryFindings(paths.dataDirectory) },
    { name: 'store', run: async () => storeFindings(opened) },
    { name: 'clock', run: () => clockFindings(nowMs, store) },
    { name: 'gateway', run: () => runningFindings(facts) },
    { name: 'admin', run: () => adminFindings(facts) },
    needsPlan('providers', (given) => (offline ? skippedLater('--offline') : providerFindings(given))),
    needsPlan('prices', (given) => Promise.resolve(priceFindings(given))),
    { name: 'keys', run: () => keysOf(store, nowMs) },
    { name: 'shell', run: async () => shellFindings(call.environment, url, CLIENT_ROWS) },
  ]
}

function skipped(text: string): readonly Finding[] {
  return [{ state: 'skipped', text }]
}

function skippedLater(text: string): Promise<readonly Finding[]> {
  return Promise.resolve(skipped(text))
}

function keysOf(store: Store | undefined, nowMs: number): Promise<readonly Finding[]> {
  return store === undefined ? skippedLater('there is no store to read') : keyFindings(store, nowMs)
}

function configOf(compiled: OfflinePlan | Error): readonly Finding[] {
  return compiled instanceof Error
    ? configFindings(compiled, '', '')
    : configFindings(compiled.compiled, compiled.file, compiled.text)
}

function storeFindings(opened: Opened): readonly Finding[] {
  if ('none' in opened) return skipped(opened.none)
  if ('store' in opened) return well('it opens, and its layout is the one of this version')
  const advice = 'docs/keeping.md says what lies where; a copy of before is better than a repair.'
  return [{ state: 'error', text: opened.unusable.message, advice }]
}

/** Where the gateway is, or would be. */
function gatewayFacts(call: CommandCall, compiled: OfflinePlan | Error): GatewayFacts {
  const { dataDirectory } = pathsOf(call)
  const config = compiled instanceof Error ? undefined : compiled.compiled.config
  const planVersion = compiled instanceof Error ? undefined : compiled.compiled.plan?.version
  return {
    address: readAddress(dataDirectory, isProcessAlive),
    token: readTextFile(join(dataDirectory, ADMIN_TOKEN_FILE))?.trim(),
    planVersion,
    host: config?.server.host ?? '127.0.0.1',
    port: config?.server.port ?? 4100,
  }
}

const MARKS: Readonly<Record<FindingState, string>> = {
  ok: '✔',
  note: '·',
  warning: '!',
  error: '✘',
  skipped: '-',
}
const NAME_WIDTH = 10

function tell(name: string, findings: readonly Finding[], output: Output): void {
  for (const [index, { state, text, advice }] of findings.entries()) {
    const head = (index === 0 ? name : '').padEnd(NAME_WIDTH)
    output.line(`${mark(state, output)} ${head} ${text}`)
    if (advice !== undefined) output.line(`  ${' '.repeat(NAME_WIDTH)} ${output.paint(`→ ${advice}`, 'dim')}`)
  }
}

function mark(state: FindingState, { paint }: Output): string {
  const shown = MARKS[state]
  if (state === 'ok') return paint(shown, 'green')
  if (state === 'error') return paint(shown, 'red')
  return state === 'warning' ? paint(shown, 'yellow') : paint(shown, 'dim')
}
