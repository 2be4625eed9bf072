import { useState, type ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { Empty, Failed } from '../../parts/notices.tsx'
import { counted } from '../../words/numbers.ts'
import { ActDialog } from './act-dialog.tsx'
import { HistoryDialog } from './history-dialog.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { KeyTable, type KeyChoice } from './key-table.tsx'
import { MayItDialog } from './may-it-dialog.tsx'
import { RotateDialog } from './rotate-dialog.tsx'
import { useKeys, type KeyLine } from './use-keys.ts'

/** What was chosen of a row; a new key has none. */
interface Chosen {
  readonly choice: KeyChoice | 'make'
  readonly key?: KeyLine
}

/** Who has access? */
export function KeysPage(): ReactNode {
  const list = useKeys()
  const [chosen, setChosen] = useState<Chosen>()
  const keys = list.data?.pages.flatMap(({ data }) => data) ?? []
  return (
    <main id="main">
      <div className="head">
        <div>
          <h1>Keys</h1>
          <p>{list.data === undefined ? 'Reading the keys.' : answerOf(keys, list.hasNextPage)}</p>
        </div>
        <button type="button" className="btn primary" onClick={() => setChosen({ choice: 'make' })}>
          <Icon name="plus" />
          Make a key
        </button>
      </div>
      {list.error === null ? null : (
        <Failed error={list.error} what="The keys could not be read." retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && keys.length === 0 ? (
        <section className="card">
          <Empty title="No key">
            <p>
              Applications need one to be let in. Make one, or declare it under keys in the configuration.
            </p>
          </Empty>
        </section>
      ) : list.error !== null && list.data === undefined ? null : (
        <section className="card" aria-label="Keys">
          <KeyTable keys={list.data && keys} onChoose={(key, choice) => setChosen({ key, choice })} />
          {list.hasNextPage ? (
            <footer className="older">
              <button type="button" className="btn s" onClick={() => void list.fetchNextPage()}>
                Show older
              </button>
            </footer>
          ) : null}
        </section>
      )}
      {chosen === undefined ? null : <Asked chosen={chosen} onClose={() => setChosen(undefined)} />}
    </main>
  )
}

function Asked({
  chosen: { key, choice },
  onClose,
}: {
  readonly chosen: Chosen
  readonly onClose: () => void
}): ReactNode {
  if (key === undefined || choice === 'make') return <KeyDialog onClose={onClose} />
  if (choice === 'edit') return <KeyDialog known={key} onClose={onClose} />
  if (choice === 'rotate') return <RotateDialog target={key} onClose={onClose} />
  if (choice === 'may-it') return <MayItDialog target={key} onClose={onClose} />
  if (choice === 'history') return <HistoryDialog target={key} onClose={onClose} />
  return <ActDialog target={key} act={choice} onClose={onClose} />
}

function answerOf(keys: readonly KeyLine[], isMore: boolean): string {
  const of = (status: KeyLine['status']): number => keys.filter((key) => key.status === status).length
  const [active, paused] = [of('active'), of('paused')]
  const rest = keys.length - active - paused
  const told = [
    `${counted(active, 'key')} ${active === 1 ? 'opens' : 'open'} the gateway`,
    ...(paused === 0 ? [] : [`${paused} ${paused === 1 ? 'is' : 'are'} paused`]),
    ...(rest === 0 ? [] : [`${rest} no longer`]),
  ]
  return `${told.join(', ')}${isMore ? ', of those that are shown' : ''}.`
}
