/** Writes the files that are made from the code; a test compares them with it. */
import { REFERENCE_FILES } from './reference-files.ts'

for (const { path, text } of REFERENCE_FILES) {
  await Bun.write(new URL(`../${path}`, import.meta.url), text())
  console.log(`wrote ${path}`)
}
