import { nearestNames } from '../../kit/nearest.ts'
import { CommandError, EXIT } from '../command.ts'
import type { ClientRow } from '../../clients/client-row.ts'
import { CLIENT_ROWS } from '../../clients/rows/all.ts'

/**
 * The client of a name, or of another name that people give it.
 *
 * @throws CommandError with the nearest that there is
 */
export function findClient(wanted: string): ClientRow {
  const name = wanted.toLowerCase()
  const row = CLIENT_ROWS.find((one) => namesOf(one).includes(name))
  if (row !== undefined) return row
  const [nearest] = nearestNames(name, CLIENT_ROWS.flatMap(namesOf), 1)
  const hint =
    nearest === undefined ? 'gatehouse connect lists those that are known.' : `Did you mean "${nearest}"?`
  throw new CommandError(EXIT.notFound, `There is no client "${wanted}". ${hint}`)
}

function namesOf({ name, aliases = [] }: ClientRow): readonly string[] {
  return [name, ...aliases]
}
