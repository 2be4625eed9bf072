import { boot, type BootOptions, type Gatehouse } from '../boot.ts'
import { ConfigurationError } from '../boot/configuration.ts'
import { demoDirectory, DemoUnusable } from '../boot/demo/workspace.ts'
import { DataDirectoryBusy } from '../boot/foundation.ts'
import { toRequestJson } from '../admin/to-json.ts'
import { PortBusy } from '../kit/http-server.ts'
import { showUsd } from '../kit/money.ts'
import { isProcessAlive, readAddress, removeAddress, writeAddress } from './address-file.ts'
import { UsageError, type ParsedArguments } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { prepareDataDirectory, shownPath, unusableDirectory, type Paths } from './data-directory.ts'
import { drillProcesses, outageProcesses } from './drill-process.ts'
import { bannerLines } from './first-run.ts'
import { pathsOf } from './installation.ts'
import { requestLine } from './request-line.ts'
import { isSystemError } from './system-error.ts'
import { VERSION } from './version.ts'
import { defined } from '../kit/defined.ts'

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
const HIGHEST_PORT = 65_535

/** Runs the gateway until it is told to stop. */
export const startCommand: Command = {
  name: 'start',
  usage: '',
  summary: 'Run the gateway; what happens without a command.',
  examples: [
    'gatehouse',
    'gatehouse start -c gatehouse.yaml --port 8080',
    'gatehouse start --no-detect',
    'gatehouse start --demo',
  ],
  flags: {
    port: {
      kind: 'number',
      short: 'p',
      value: 'N',
      help: 'Port for applications; default: 4100 or the next free one.',
    },
    host: { kind: 'text', value: 'ADDRESS', help: 'Address to bind to; default: 127.0.0.1.' },
    'admin-port': {
      kind: 'number',
      value: 'N',
      help: 'Port of the admin listener; default: 4101 or the next free one.',
    },
    'no-detect': {
      kind: 'switch',
      help: 'Do not look for providers in the environment and on this machine.',
    },
    demo: {
      kind: 'switch',
      help: 'Look at it with invented traffic, in a workspace apart that one click removes.',
    },
    'log-level': {
      kind: 'text',
      value: 'LEVEL',
      help: `${LOG_LEVELS.join(', ')}; default: warn on a terminal, else info.`,
    },
  },
  positionals: 0,
  serves: true,
  async run(call) {
    const paths = pathsOf(call)
    if (call.arguments.has('demo')) {
      const code = await serveDemo(call, paths.dataDirectory)
      if (code !== undefined) return code
    }
    prepareDataDirectory(paths.dataDirectory)
    const gatehouse = await boot(bootOptions(call, paths)).catch((thrown: unknown) => explain(thrown, paths))
    return serve(gatehouse, call, untilAborted(call.stopped))
  },
}

/** Serves until told to stop, with a note of where it listens. */
async function serve(gatehouse: Gatehouse, call: CommandCall, stopped: Promise<void>): Promise<number> {
  const { dataDirectory } = gatehouse
  noteAddress(gatehouse)
  try {
    introduce(gatehouse, call)
    const stopListening = call.onHangup(gatehouse.reload)
    await stopped
    stopListening()
    return await stop(gatehouse, call)
  } finally {
    removeAddress(dataDirectory)
  }
}

/** Leaves a note of where it listens, in the data directory. */
function noteAddress({ dataUrl, adminUrl, dataDirectory }: Gatehouse): void {
  try {
    writeAddress(dataDirectory, { dataUrl, adminUrl, processId: process.pid })
  } catch (thrown) {
    explain(thrown, { dataDirectory })
  }
}

/** Serves the demo workspace beside a data directory; undefined once it was removed and the gateway is to go on without it. */
async function serveDemo(call: CommandCall, dataDirectory: string): Promise<number | undefined> {
  const { output } = call
  if (call.arguments.text('config') !== undefined)
    throw new UsageError('--demo brings a configuration of its own: leave --config out.')
  const paths = { dataDirectory: demoDirectory(dataDirectory) }
  const { openDemo } = await import('../boot/demo/open-demo.ts')
  const { directory: _own, ...options } = bootOptions(call, paths)
  const demo = await openDemo({
    ...options,
    dataDirectory,
    fetch: (request) => fetch(request),
    onMaking: () => output.say('\n  Playing two weeks of invented traffic, once; it takes some seconds.'),
  }).catch((thrown: unknown) => explain(thrown, paths))
  let isUnwanted = false
  const unwanted = demo.unwanted.then(() => void (isUnwanted = true))
  const code = await serve(
    demo.gatehouse,
    call,
    Promise.race([untilAborted(call.stopped), unwanted]).then(demo.quiet),
  )
  if (!isUnwanted) return code
  demo.remove()
  output.say('  The demo data is removed.')
  return output.json ? code : undefined
}

function bootOptions({ arguments: given, environment, output }: CommandCall, paths: Paths): BootOptions {
  const port = portOf(given, 'port')
  const adminPort = portOf(given, 'admin-port')
  const host = given.text('host')
  return {
    version: VERSION,
    environment,
    directory: paths.dataDirectory,
    ...defined({ configFile: paths.configFile, port, adminPort, host }),
    detect: !given.has('no-detect'),
    logLevel: logLevelOf(given.text('log-level') ?? (output.isTty ? 'warn' : 'info')),
    writeLog: output.complain,
    droppedLogLines: output.droppedLines,
    runDrill: drillProcesses(paths, environment),
    runOutage: outageProcesses(paths, environment),
  }
}

function portOf(given: ParsedArguments, flag: string): number | undefined {
  const port = given.number(flag)
  if (port !== undefined && port > HIGHEST_PORT)
    throw new UsageError(`--${flag} is a port from 0 to ${HIGHEST_PORT}.`)
  return port
}

function logLevelOf(text: string): (typeof LOG_LEVELS)[number] {
  const level = LOG_LEVELS.find((known) => known === text)
  if (level === undefined)
    throw new UsageError(`There is no log level "${text}". Known: ${LOG_LEVELS.join(', ')}.`)
  return level
}

/** What stood in the way of a start, in words that lead on. */
function explain(thrown: unknown, paths: Paths): never {
  if (thrown instanceof DemoUnusable) throw new CommandError(EXIT.failed, thrown.message)
  if (thrown instanceof ConfigurationError) throw new CommandError(EXIT.usage, thrown.message)
  if (thrown instanceof PortBusy) {
    const hint = 'Stop what listens there, or choose another with --port (0 picks a free one).'
    throw new CommandError(EXIT.failed, `Port ${thrown.port} on ${thrown.host} is busy. ${hint}`)
  }
  if (thrown instanceof DataDirectoryBusy) {
    const address = readAddress(paths.dataDirectory, isProcessAlive)
    const where =
      address === undefined ? '' : ` It listens at ${address.dataUrl}, its dashboard is ${address.adminUrl}.`
    throw new CommandError(EXIT.failed, `A gateway runs on ${thrown.directory} already.${where}`)
  }
  if (isSystemError(thrown)) throw unusableDirectory(paths.dataDirectory, thrown)
  throw thrown
}

function introduce(gatehouse: Gatehouse, call: CommandCall): void {
  const { output, directory, environment } = call
  const { dataUrl, adminUrl, providers, routes } = gatehouse
  if (output.json) {
    output.value({
      event: 'ready',
      data_url: dataUrl,
      admin_url: adminUrl,
      providers: providers.map(({ name, from, models }) => ({ name, from, models })),
      routes: routes.map(({ name, targets }) => ({ name, targets })),
      warnings: [...gatehouse.warnings],
    })
    gatehouse.onRequest((row) => output.value({ event: 'request', ...toRequestJson(row) }))
    return
  }
  const shownData = shownPath(gatehouse.dataDirectory, directory)
  const isNpm = environment['npm_lifecycle_event'] !== undefined
  const program = isNpm ? 'npm run --silent gatehouse --' : 'gatehouse'
  const isDataNamed = call.arguments.text('data') !== undefined
  const isDemo = gatehouse.dataDirectory === demoDirectory(pathsOf(call).dataDirectory)
  const facts = { version: VERSION, shownData, program, isDataNamed, isDemo }
  for (const line of bannerLines(gatehouse, facts, output)) output.say(line)
  for (const warning of gatehouse.warnings) output.complain(output.paint(warning, 'yellow'))
  if (output.isTty) gatehouse.onRequest((row) => output.line(requestLine(row, output.paint)))
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

/** Drains and says what the run came to; a second signal does not wait. */
async function stop(gatehouse: Gatehouse, { output, killed, directory }: CommandCall): Promise<number> {
  output.say('\n  Finishing what is under way; Ctrl-C again stops at once.')
  const summary = await Promise.race([gatehouse.close(), untilAborted(killed)])
  if (summary === undefined) return EXIT.interrupted
  const { requests, failed, costNanoUsd, simulatedNanoUsd } = summary
  const simulated = simulatedNanoUsd === 0n ? '' : ` (${showUsd(simulatedNanoUsd)} simulated)`
  const kept = shownPath(gatehouse.dataDirectory, directory)
  output.say(
    `  ${requests} requests, ${showUsd(costNanoUsd)}${simulated}, ${failed} failed. Data kept in ${kept}`,
  )
  return EXIT.ok
}
