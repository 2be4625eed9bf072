import { expect, test } from 'bun:test'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileOf, PICTURES, SCREENSHOTS, THEMES } from '../scripts/screenshots.ts'

const FOLDER = join(import.meta.dir, '..', SCREENSHOTS.folder)

test('every page of the dashboard has its picture in both themes, and there is no other; npm run screenshots takes them', () => {
  const wanted = PICTURES.flatMap(({ name }) => THEMES.map((theme) => fileOf(name, theme)))
  expect(readdirSync(FOLDER).toSorted()).toEqual(wanted.toSorted())
})

test('the pictures are no burden', () => {
  const bytes = readdirSync(FOLDER).reduce((sum, file) => sum + statSync(join(FOLDER, file)).size, 0)
  expect(bytes).toBeLessThan(SCREENSHOTS.mostBytes)
})
