import { setPriority } from 'node:os'
import type { RunDrill, RunOutage } from '../boot/drill-schedule.ts'
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
    const all = await runApart([name], paths, environment)
    return { passed: all.every((one) => readBoolean(one, 'passed') === true), broken: all.flatMap(brokenOf) }
  }
}

/** Rehearses the outage of a provider likewise, and gives the report that it kept. */
export function outageProcesses(paths: Paths, environment: Environment): RunOutage {
  return async ({ provider, fault }) => {
    const [report] = await runApart(['--outage', provider, '--fault', fault, '--keep'], paths, environment)
    if (report === undefined) throw new Error('the process told no report')
    return report
  }
}

async function runApart(
  asked: readonly string[],
  { configFile, dataDirectory }: Paths,
  environment: Environment,
): Promise<readonly JsonObject[]> {
  const config = configFile === undefined ? [] : ['--config', configFile]
  const command = [...ownCommand(), 'drill', 'run', ...asked, '--json', '--quiet', '--data', dataDirectory]
  const child = Bun.spawn([...command, ...config], {
    env: { ...environment },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: LIMITS.drillProcessMs,
    killSignal: 'SIGKILL',
  })
  setPriority(child.pid, LOW_PRIORITY)
  const [told, complaints, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (exitCode !== EXIT.ok && exitCode !== EXIT.unmet)
    throw new Error(complaints.trim().split('\n')[0] ?? `the process ended with ${exitCode}`)
  const reports = parseJson(told)
  return isArray(reports) ? reports.filter(isObject) : []
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
