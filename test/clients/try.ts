import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { CLIENTS, type Client, type Front } from './clients.ts'

/*
 * Real clients from npm do a task with tools, and another one in the same conversation, through the house, at targets of every
 * dialect: `npm run clients`, or with words that names of clients or targets contain (`npm run clients -- codex gemini`). The model
 * behind it is `sim/agent` of a second gateway, which does what it is told. What npm installs stays in the directory for temporary
 * files for the next time. It is no part of the suite: half a gigabyte of programs, which are not ours.
 */

const INSTALLED = join(tmpdir(), 'gatehouse-clients')
const TASK = 'Run `echo first > one.txt` and then `cat one.txt`.'
const LATER = 'Now run `echo second > two.txt`.'
const RESULTS = { 'one.txt': 'first\n', 'two.txt': 'second\n' }
const TIMEOUT_MS = 420_000

/** How each dialect is asked at a gateway. */
const BASES: Readonly<Record<string, string>> = {
  'openai-chat': '/v1',
  'openai-responses': '/v1',
  'anthropic-messages': '',
  gemini: '/v1beta',
}
const TARGETS = Object.keys(BASES)

function configOf(behind: RunningGateway): string {
  const lines = Object.entries(BASES).flatMap(([dialect, base]) => [
    `  to-${dialect}: { base_url: '${behind.url}${base}', dialects: [${dialect}], key: env:BEHIND_KEY }`,
  ])
  const routes = TARGETS.map((dialect) => `  at-${dialect}: [to-${dialect}/sim/agent]`)
  return ['providers:', ...lines, 'routes:', ...routes].join('\n')
}

/** Installs a client with npm, once, and gives the directory. Throws with what npm says. */
function install({ packages }: Client): string {
  const directory = join(INSTALLED, packages.join('+').replaceAll(/[^\w.@+-]+/g, '-'))
  if (existsSync(join(directory, 'installed'))) return directory
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }')
  const npm = Bun.spawnSync(['npm', 'install', '--no-audit', '--no-fund', ...packages], { cwd: directory })
  if (npm.exitCode !== 0) throw new Error(npm.stderr.toString())
  writeFileSync(join(directory, 'installed'), packages.join('\n'))
  return directory
}

/** What went wrong, in words; nothing where all of it was done. */
async function attempt(client: Client, front: Front): Promise<string | undefined> {
  const programs = install(client)
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-client-'))
  const work = join(home, 'work')
  mkdirSync(work)
  for (const [path, text] of Object.entries(client.files(front))) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  Bun.spawnSync(['git', 'init', '-q', '.'], { cwd: work })
  const bin = join(programs, 'node_modules', '.bin')
  const env = {
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: home,
    ...client.environment(front),
  }
  let said = ''
  for (const [program = '', ...words] of client.commands(front, TASK, LATER)) {
    const command = program.endsWith('.mjs')
      ? [process.execPath, moduleIn(programs, program)]
      : [join(bin, program)]
    const run = Bun.spawn([...command, ...words], {
      cwd: work,
      env,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const timer = setTimeout(() => run.kill(), TIMEOUT_MS)
    const [output, errors, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited])
    clearTimeout(timer)
    said = `exit ${code}\n${output}\n${errors}`.slice(-1_500)
    if (code !== 0) break
  }
  const isDone = Object.entries(RESULTS).every(([file, text]) => readIn(work, file) === text)
  rmSync(home, { recursive: true, force: true })
  return isDone ? undefined : said
}

/** Programs find their packages beside them. */
function moduleIn(programs: string, program: string): string {
  const path = join(programs, program)
  cpSync(join(import.meta.dir, program), path)
  return path
}

function readIn(directory: string, file: string): string | undefined {
  const path = join(directory, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

const wanted = process.argv.slice(2)
const chosen = (names: readonly string[]): ((name: string) => boolean) => {
  const mine = wanted.filter((word) => names.some((name) => name.includes(word)))
  return (name) => mine.length === 0 || mine.some((word) => name.includes(word))
}

const behind = await openRunningGateway()
const front = await openRunningGateway({ config: configOf(behind), environment: { BEHIND_KEY: behind.key } })
let failures = 0
for (const client of CLIENTS.filter(({ name }) => chosen(CLIENTS.map((one) => one.name))(name))) {
  for (const target of TARGETS.filter(chosen(TARGETS))) {
    const trouble = await attempt(client, { url: front.url, key: front.key, model: `at-${target}` })
    console.log(`${trouble === undefined ? 'ok    ' : 'FAILED'} ${client.name} at ${target}`)
    if (trouble !== undefined) console.log(trouble)
    failures += trouble === undefined ? 0 : 1
  }
}
await front.close()
await behind.close()
process.exit(failures === 0 ? 0 : 1)
