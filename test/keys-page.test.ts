import { afterAll, expect, test } from 'bun:test'
import { createWorkplaces, run } from '../src/cli/command-line.fixture.ts'

const page = await Bun.file(new URL('../docs/keys.md', import.meta.url)).text()
const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(page) ?? []

const { workplace, close } = createWorkplaces()
afterAll(close)

test('the commands of docs/keys.md run, one after the other', async () => {
  const directory = workplace('providers: { sim: }\nroutes: { smart: [sim/smart] }\n')
  const commands = block.trim().split('\n')
  expect(commands.length).toBeGreaterThan(5)
  for (const command of commands) {
    const { exitCode, err } = await run(directory, command.split(' ').slice(1))
    expect([command, exitCode, err]).toEqual([command, 0, expect.not.stringContaining('There is')])
  }
})
