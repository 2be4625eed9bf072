import { expect, test } from 'bun:test'
import { CLIENT_ROWS } from '../src/clients/rows/all.ts'

test('docs/connect.md says of every client what its row says (law 15)', async () => {
  const page = await Bun.file(new URL('../docs/connect.md', import.meta.url)).text()
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| ([\w-]+) \| (.*?) \| (.*?) \|$/gm)].map(
    ([, name, dialect, base, reads = '']) => [name, dialect, base, reads.replaceAll('`', '')],
  )
  expect(rows).toEqual(
    CLIENT_ROWS.map(({ name, dialect, base, reads }) => [
      name,
      dialect,
      base === '' ? 'nothing' : `\`${base}\``,
      reads,
    ]),
  )
})
