import { describe, expect, test } from 'bun:test'
import { FAULT_KINDS } from '../fault.ts'
import { simulatedModels } from './all.ts'

const readme = await Bun.file(new URL('../README.md', import.meta.url)).text()

describe('the list of simulated models', () => {
  test('has each name once', () => {
    const names = simulatedModels.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  test('is the list in the README, and so are the faults', () => {
    const listed = [...readme.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
    expect(listed).toEqual(simulatedModels.map(({ name }) => name))
    for (const kind of Object.keys(FAULT_KINDS)) expect(readme).toContain(`\`${kind}\``)
  })
})
