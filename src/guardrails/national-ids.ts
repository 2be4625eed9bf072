import { isFraction } from './checksums.ts'
import { createNumberDetector, findFrom, isBehind, standsAlone, type NumberForm } from './detector.ts'
import type { NationalId } from './national-id.ts'
import { OTHER_IDS } from './national-ids-elsewhere.ts'
import { EUROPEAN_IDS } from './national-ids-of-europe.ts'

/** Numbers that states give to people. A further country is a row. */
const NATIONAL_IDS: readonly NationalId[] = [...Object.values(EUROPEAN_IDS), ...Object.values(OTHER_IDS)]

/** Numbers that states give to people. */
export const nationalId = createNumberDetector({
  name: 'national-id',
  kind: 'personal',
  says: 'by their check digits: Belgium, Brazil, Chile, China, the Czech Republic, Finland, France, Germany (tax), Italy, Korea, Mexico, Norway, Romania, South Africa, Spain, Sweden, Switzerland; behind their names also Canada, India, the Netherlands, Poland, Portugal, Turkey, the United Kingdom, and the United States behind `SSN`',
  numbers: NATIONAL_IDS.map(formOf),
})

function formOf({ pattern, isRight, behind, free }: NationalId): NumberForm {
  return {
    shape: pattern,
    find: (text, from) =>
      findFrom({ text, from }, pattern, (found, start) => {
        if (!standsAlone(text, start, start + found.length) || isFraction(text, start) || !isRight(found))
          return false
        return behind === undefined || free?.test(found) === true || isBehind(text, start, behind)
      }),
  }
}
