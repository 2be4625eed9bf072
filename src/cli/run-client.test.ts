import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openRunningGateway, type RunningGateway } from '../../test/running-gateway.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const { workplace, close } = createWorkplaces()

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await openRunningGateway()
})
afterAll(async () => {
  await gateway.close()
  close()
})

/** A directory with a program of this name in it, and the path by which it is found. */
function withProgram(name: string, script: string) {
  const directory = workplace()
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
  return { directory, environment: { HOME: directory, PATH: `${bin}:${process.env['PATH'] ?? ''}` } }
}

const flags = (): string[] => ['--url', gateway.url, '--key', gateway.key]

describe('run', () => {
  test('a client is started with its variables, its arguments as they are, and its exit code comes back', async () => {
    const { directory, environment } = withProgram(
      'claude',
      'printf "%s\\n" "$ANTHROPIC_BASE_URL" "$ANTHROPIC_AUTH_TOKEN" "$ANTHROPIC_MODEL" "$@" > told.txt; exit 7',
    )
    const { exitCode } = await run(directory, ['run', ...flags(), 'claude', '-p', '--json', 'a b', '--'], {
      environment,
    })
    expect(exitCode).toBe(7)
    const told = readFileSync(join(directory, 'told.txt'), 'utf8').trim().split('\n')
    expect(told).toEqual([gateway.url, gateway.key, 'auto', '-p', '--json', 'a b', '--'])
    expect(existsSync(join(directory, '.claude'))).toBe(false)
  })

  test('what a client reads from a file alone it is told by flags or a variable', async () => {
    const codex = withProgram('codex', 'printf "%s\\n" "$GATEHOUSE_KEY" "$@" > told.txt')
    await run(codex.directory, ['run', ...flags(), 'codex', 'exec'], codex)
    const told = readFileSync(join(codex.directory, 'told.txt'), 'utf8').trim().split('\n')
    expect(told).toContain(`model_providers.gatehouse.base_url="${gateway.url}/v1"`)
    expect(told.at(0)).toBe(gateway.key)
    expect(told.at(-1)).toBe('exec')
    const opencode = withProgram('opencode', 'printf "%s" "$OPENCODE_CONFIG_CONTENT" > told.txt')
    await run(opencode.directory, ['run', ...flags(), 'opencode'], opencode)
    expect(JSON.parse(readFileSync(join(opencode.directory, 'told.txt'), 'utf8'))).toMatchObject({
      model: 'gatehouse/auto',
      provider: { gatehouse: { options: { baseURL: `${gateway.url}/v1`, apiKey: gateway.key } } },
    })
  })

  test('a program that is not installed is said, with how to install it', async () => {
    const directory = workplace()
    const { exitCode, err } = await run(directory, ['run', ...flags(), 'codex'], {
      environment: { PATH: directory },
    })
    expect({ exitCode, err }).toEqual({
      exitCode: 3,
      err: 'Codex CLI is not installed: there is no codex on the path. Install it: npm install -g @openai/codex\n',
    })
  })

  test('what is no program of a command line, and a gateway that does not answer, are said', async () => {
    expect((await run(workplace(), ['run', 'cursor'])).err).toContain('gatehouse connect cursor')
    const { directory, environment } = withProgram('claude', 'touch told.txt')
    const gone = ['run', '--url', 'http://127.0.0.1:1', '--key', 'k', 'claude']
    const { exitCode, err } = await run(directory, gone, { environment })
    expect(exitCode).toBe(5)
    expect(err).toContain('Nothing answers at http://127.0.0.1:1.')
    expect(existsSync(join(directory, 'told.txt'))).toBe(false)
  })

  test('a signal to the command reaches the program, and how that ended is the exit code', async () => {
    const { directory, environment } = withProgram(
      'claude',
      'trap "echo term > told.txt; exit 9" TERM; echo up; while :; do sleep 0.05; done',
    )
    const command = Bun.spawn([join(ROOT, 'bin/gatehouse'), 'run', ...flags(), 'claude'], {
      cwd: directory,
      env: { ...environment },
      stdout: 'pipe',
    })
    const reader = command.stdout.getReader()
    await reader.read()
    command.kill('SIGTERM')
    expect(await command.exited).toBe(9)
    expect(readFileSync(join(directory, 'told.txt'), 'utf8')).toBe('term\n')
  })

  test('a key of the right name is made where that is asked for', async () => {
    const { directory, environment } = withProgram('claude', 'printf "%s" "$ANTHROPIC_AUTH_TOKEN" > told.txt')
    const data = dirname(gateway.configFile)
    const given = ['run', '--url', gateway.url, '--data', data, '--make-key', 'claude']
    expect((await run(directory, given, { environment })).exitCode).toBe(0)
    expect(readFileSync(join(directory, 'told.txt'), 'utf8')).toMatch(/^gh_live/)
  })
})
