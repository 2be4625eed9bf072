import { expect, test } from 'bun:test'
import { createWorkplaces, run } from '../src/cli/command-line.fixture.ts'

test('docs/doctor.md names every check, in their order (law 15)', async () => {
  const { workplace, close } = createWorkplaces()
  const page = await Bun.file(new URL('../docs/doctor.md', import.meta.url)).text()
  const { out } = await run(workplace(), ['doctor', '--json', '--offline'])
  const { checks } = JSON.parse(out) as { checks: { name: string }[] }
  expect([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)).toEqual(
    checks.map(({ name }) => name),
  )
  close()
})
