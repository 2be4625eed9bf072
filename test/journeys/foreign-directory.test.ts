import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileGateway } from './compile-gateway.ts'

const CHECKOUT = Bun.fileURLToPath(new URL('../..', import.meta.url))
const ANNOUNCE = 'console.log("RAN FROM THE WORKING DIRECTORY")\n'

/** What a stranger can leave in a directory, by the file that the runtime would obey. */
const TRAPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'bunfig.toml': { 'bunfig.toml': 'preload = ["./trap.ts"]\n' },
  'tsconfig.json': {
    'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { '*': ['./trap.ts'] } } }),
  },
  node_modules: { 'node_modules/zod/index.js': ANNOUNCE, 'node_modules/yaml/index.js': ANNOUNCE },
  '.env': { '.env': 'OPENAI_API_KEY=sk-of-a-stranger\nOPENAI_BASE_URL=http://127.0.0.1:9/v1\n' },
}

const made: string[] = []
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true })
})

function trapDirectory(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-foreign-'))
  made.push(directory)
  mkdirSync(join(directory, 'home'))
  for (const [name, text] of Object.entries({ 'trap.ts': ANNOUNCE, ...files })) {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

/** Runs a command in a directory, with nothing but a path in its environment; gives all that it said. */
function run(
  command: readonly string[],
  directory: string,
): { readonly said: string; readonly code: number } {
  const { stdout, stderr, exitCode } = Bun.spawnSync([...command], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: join(directory, 'home') },
  })
  return { said: stdout.toString() + stderr.toString(), code: exitCode }
}

/** `check` compiles a plan, so it loads the libraries and looks for providers in the environment. */
function expectUntouched(program: string, directory: string): void {
  const { said, code } = run([program, 'check'], directory)
  expect(said).not.toContain('RAN FROM')
  expect(said).toContain('no file: fine. 1 provider,')
  expect(code).toBe(0)
}

describe('a working directory that belongs to somebody else', () => {
  test.each(Object.keys(TRAPS))('does not make the script run code or take keys by its %s', (trap) => {
    expectUntouched(join(CHECKOUT, 'bin/gatehouse'), trapDirectory(TRAPS[trap] ?? {}))
  })

  test('does not make the compiled program run code or take keys', () => {
    const built = mkdtempSync(join(tmpdir(), 'gatehouse-built-'))
    made.push(built)
    expectUntouched(compileGateway(built), trapDirectory(Object.assign({}, ...Object.values(TRAPS))))
  })
})
