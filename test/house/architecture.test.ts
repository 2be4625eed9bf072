import { describe, expect, test } from 'bun:test'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')
const page = await Bun.file(join(ROOT, 'ARCHITECTURE.md')).text()
/** A section of the page, by its heading. */
const section = (heading: string): string =>
  page.split(/^## /m).find((text) => text.startsWith(heading)) ?? ''

/** Everything that may cite a law. */
function* sources(): Iterable<string> {
  for (const folder of ['src', 'test', 'bench', 'docs', 'scripts']) {
    for (const file of new Bun.Glob('**/*.{ts,md}').scanSync({ cwd: join(ROOT, folder) }))
      yield join(ROOT, folder, file)
  }
}

describe('ARCHITECTURE.md', () => {
  test('every link leads somewhere', () => {
    const targets = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target)
    expect(targets.length).toBeGreaterThan(50)
    expect(targets.filter((target) => !existsSync(join(ROOT, target)))).toEqual([])
  })

  test('every room stands in the table of floors', () => {
    const rooms = [...new Bun.Glob('*').scanSync({ cwd: join(ROOT, 'src'), onlyFiles: false })]
    const isRoom = (name: string): boolean => statSync(join(ROOT, 'src', name)).isDirectory()
    const floors = section('Floors')
    expect(rooms.filter((name) => isRoom(name) && !floors.includes(`\`${name}/\``))).toEqual([])
  })

  test('has every law that is cited', async () => {
    const laws = new Set([...section('Laws').matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number)))
    const cited = new Set<number>()
    for (const file of sources()) {
      for (const [, number] of (await Bun.file(file).text()).matchAll(/\blaw (\d+)\b/g))
        cited.add(Number(number))
    }
    expect(laws.size).toBe(18)
    expect(cited.size).toBeGreaterThan(5)
    expect([...cited].filter((number) => !laws.has(number))).toEqual([])
  })
})
