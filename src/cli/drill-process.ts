import { setPriority } from 'node:os'
import type { RunDrill } from '../boot/drill-schedule.ts'
import type { Environment } from '../config/interpolate.ts'
import { LIMITS } from '../kit/limits.ts'
import {
  isArray,
  isObject,
  parseJson,
  readBoolean,
  readObject,
  readObjects,
  type JsonObject,
} from '../kit/json.ts'
import type { Paths } from './data-directory.ts'
import { EXIT } from './command.ts'

/** Behind everybody who serves. */
const LOW_PRIORITY = 10
/** Where the files of a compiled program are. */
const COMPILED = '/$bunfs/'

/** Runs drills in processes of their own: a rehearsal keeps a processor busy, and requests would wait beside it. */
export function drillProcesses(paths: Paths, environment: Environment): RunDrill {
  return async (name) => {
    const config = paths.configFile === undefined ? [] : ['--config', paths.configFile]
    const child = Bun.spawn(
      [...ownCommand(), 'drill', 'run', name, '--json', '--quiet', '--data', paths.dataDirectory, ...config],
      {
        env: { ...environment },
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'pipe',
        timeout: LIMITS.drillProcessMs,
        killSignal: 'SIGKILL',
      },
    )
    setPriority(child.pid, LOW_PRIORITY)
    const [told, complaints, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    if (exitCode !== EXIT.ok && exitCode !== EXIT.unmet)
      throw new Error(complaints.trim().split('\n')[0] ?? `the process ended with ${exitCode}`)
    const reports = parseJson(told)
    const all = isArray(reports) ? reports.filter(isObject) : []
    return { passed: all.every((one) => readBoolean(one, 'passed') === true), broken: all.flatMap(brokenOf) }
  }
}

/** How this program was started, flags of its runtime included. */
function ownCommand(): string[] {
  const { execPath, execArgv } = process
  return Bun.main.startsWith(COMPILED) ? [execPath] : [execPath, ...execArgv, Bun.main]
}

function brokenOf(report: JsonObject): string[] {
  const { broken: ofBooks = [] } = readObject(report, 'books') ?? {}
  const ofRoutes = readObjects(report, 'routes').map(({ broken }) => broken)
  return [...ofRoutes, ofBooks]
    .flatMap((texts) => (isArray(texts) ? texts : []))
    .filter((text) => typeof text === 'string')
}
