import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Call } from './load.ts'
import { LOAD_CORE, startPinned } from './process.ts'

/** What a compiled load generator saw. */
export interface CompiledLoad {
  readonly requests: number
  readonly failures: number
  readonly wallMs: number
}

/** The binary of wrk (https://github.com/wg/wrk), where it is installed. */
export const wrkBinary: string | undefined = Bun.which('wrk') ?? undefined

/**
 * Saturates a system with wrk: one thread on the second core, so many connections. One in Bun takes so long for each request that fast systems
 * wait for it, and seem to need more for each than they do.
 *
 * @param seconds rounded up to whole ones, which is what wrk counts in
 */
export async function runWrk(call: Call, seconds: number, connections: number): Promise<CompiledLoad> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-wrk-'))
  try {
    const script = join(directory, 'call.lua')
    writeFileSync(script, scriptOf(call))
    const shape = ['-t1', `-c${connections}`, `-d${Math.ceil(seconds)}s`, '--timeout', '30s']
    const program = startPinned(LOAD_CORE, [wrkBinary ?? 'wrk', ...shape, '-s', script, call.url])
    return readSummary(await new Response(program.stdout).text())
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Says what is sent, and has the summary printed as one line of JSON. */
function scriptOf({ headers, body }: Call): string {
  const fields = Object.entries(headers).map(
    ([name, value]) => `wrk.headers[ ${quoted(name)} ] = ${quoted(value)}`,
  )
  return `wrk.method = 'POST'
wrk.body = ${quoted(body)}
${fields.join('\n')}
function done(summary)
  local e = summary.errors
  local failures = e.connect + e.read + e.write + e.status + e.timeout
  local form = '{"requests":%d,"failures":%d,"wallMs":%f}\\n'
  io.write(string.format(form, summary.requests, failures, summary.duration / 1000))
end
`
}

/** A text in Lua's long brackets, in which nothing is escaped. */
function quoted(text: string): string {
  return `[==[${text}]==]`
}

function readSummary(output: string): CompiledLoad {
  const line = output.split('\n').find((candidate) => candidate.startsWith('{'))
  if (line === undefined) throw new Error(`wrk gave no summary: ${output.slice(-500)}`)
  return JSON.parse(line) as CompiledLoad
}
