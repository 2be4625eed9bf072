import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync, cpSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')

interface Cruise {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly { rule: { name: string }; from: string }[]
  }
}

/** What the gate says of a house. */
function cruise(directory: string): Cruise {
  const run = Bun.spawnSync(
    [
      process.execPath,
      '--bun',
      join(ROOT, 'node_modules/.bin/depcruise'),
      'src',
      'dashboard',
      '--config',
      '.dependency-cruiser.cjs',
      '-T',
      'json',
    ],
    { cwd: directory, stderr: 'pipe' },
  )
  return JSON.parse(run.stdout.toString()) as Cruise
}

let planted: string

/** A copy of the house with one wrong import per kind of wall. */
beforeAll(() => {
  planted = mkdtempSync(join(tmpdir(), 'gatehouse-walls-'))
  for (const part of ['src', 'test', 'dashboard'])
    cpSync(join(ROOT, part), join(planted, part), { recursive: true })
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    cpSync(join(ROOT, file), join(planted, file))
  symlinkSync(join(ROOT, 'node_modules'), join(planted, 'node_modules'))
  const plant = (file: string, source: string): void => {
    mkdirSync(join(planted, file, '..'), { recursive: true })
    writeFileSync(join(planted, file), source)
  }
  plant(
    'src/kit/planted-up.ts',
    "import { Failure } from '../exchange/failure.ts'\nexport const up = Failure\n",
  )
  plant(
    'src/kit/planted-type.ts',
    "import type { Exchange } from '../exchange/exchange.ts'\nexport type Up = Exchange\n",
  )
  plant(
    'src/policies/request/planted.ts',
    "import { openaiChat } from '../../dialects/openai-chat/openai-chat.ts'\nexport const known = openaiChat\n",
  )
  plant(
    'src/dialects/anthropic-messages/planted.ts',
    "import { openaiChat } from '../openai-chat/openai-chat.ts'\nexport const sibling = openaiChat\n",
  )
  plant(
    'src/routing/planted-a.ts',
    "import { b } from './planted-b.ts'\nexport const a = (): number => b()\n",
  )
  plant(
    'src/routing/planted-b.ts',
    "import { a } from './planted-a.ts'\nexport const b = (): number => a()\n",
  )
  plant(
    'src/gateway/planted.ts',
    "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n",
  )
  plant(
    'src/store/memory/planted.ts',
    "import { openDatabase } from '../sqlite/open-database.ts'\nexport const other = openDatabase\n",
  )
  plant(
    'src/server/planted-driver.ts',
    "import { openDatabase } from '../store/sqlite/open-database.ts'\nexport const driver = openDatabase\n",
  )
  plant(
    'src/ledger/planted-scaffold.ts',
    "import { createManualClock } from '../kit/manual-clock.fixture.ts'\nexport const clock = createManualClock\n",
  )
  plant(
    'dashboard/src/planted-house.ts',
    "import { defined } from '../../src/kit/defined.ts'\nexport const house = defined\n",
  )
  plant(
    'src/admin/planted-screen.ts',
    "import { count } from '../../dashboard/src/words/numbers.ts'\nexport const screen = count\n",
  )
  plant('src/telemetry/planted-alone.ts', 'export const alone = true\n')
  plant('src/telemetry/planted-lost.ts', "import { gone } from './gone.ts'\nexport const lost = gone\n")
})

afterAll(() => rmSync(planted, { recursive: true, force: true }))

test('the gate reads the whole house, refuses one planted violation of every wall, and finds nothing wrong besides', () => {
  const { totalCruised, violations } = cruise(planted).summary
  expect(totalCruised).toBeGreaterThan(300)
  const elsewhere = violations.filter(({ from }) => !from.includes('planted'))
  expect(elsewhere.map(({ rule, from }) => `${rule.name}: ${from}`)).toEqual([])
  const found = new Set(violations.map(({ rule, from }) => `${rule.name} ${from}`))
  expect(found).toContain('floor-0-kit src/kit/planted-up.ts')
  expect(found).toContain('floor-0-kit src/kit/planted-type.ts')
  expect(found).toContain('policies-know-no-wire src/policies/request/planted.ts')
  expect(found).toContain('dialects-know-no-dialect src/dialects/anthropic-messages/planted.ts')
  expect(found).toContain('no-circles src/routing/planted-a.ts')
  expect(found).toContain('platform-stays-at-the-edges src/gateway/planted.ts')
  expect(found).toContain('drivers-know-no-driver src/store/memory/planted.ts')
  expect(found).toContain('ports-not-drivers src/server/planted-driver.ts')
  expect(found).toContain('house-needs-no-scaffold src/ledger/planted-scaffold.ts')
  expect(found).toContain('screens-know-the-api-alone dashboard/src/planted-house.ts')
  expect(found).toContain('house-knows-no-screens src/admin/planted-screen.ts')
  expect(found).toContain('no-orphans src/telemetry/planted-alone.ts')
  expect(found).toContain('resolvable src/telemetry/planted-lost.ts')
})
