import { useState, type ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { Empty, Failed } from '../../parts/notices.tsx'
import { counted } from '../../words/numbers.ts'
import { CreateDialog } from './create-dialog.tsx'
import { KeyTable } from './key-table.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'
import { useKeys, type KeyLine } from './use-keys.ts'

/** Who has access? */
export function KeysPage(): ReactNode {
  const list = useKeys()
  const [isMaking, setIsMaking] = useState(false)
  const [leaving, setLeaving] = useState<KeyLine>()
  const keys = list.data?.pages.flatMap(({ data }) => data) ?? []
  return (
    <main id="main">
      <div className="head">
        <div>
          <h1>Keys</h1>
          <p>{list.data === undefined ? 'Reading the keys.' : answerOf(keys, list.hasNextPage)}</p>
        </div>
        <button type="button" className="btn primary" onClick={() => setIsMaking(true)}>
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
          <KeyTable keys={list.data && keys} onRevoke={setLeaving} />
          {list.hasNextPage ? (
            <footer className="older">
              <button type="button" className="btn s" onClick={() => void list.fetchNextPage()}>
                Show older
              </button>
            </footer>
          ) : null}
        </section>
      )}
      {isMaking ? <CreateDialog onClose={() => setIsMaking(false)} /> : null}
      {leaving === undefined ? null : <RevokeDialog target={leaving} onClose={() => setLeaving(undefined)} />}
    </main>
  )
}

function answerOf(keys: readonly KeyLine[], isMore: boolean): string {
  const active = keys.filter(({ status }) => status === 'active').length
  const rest = keys.length - active
  return `${counted(active, 'key')} ${active === 1 ? 'opens' : 'open'} the gateway${rest === 0 ? '' : `, ${rest} no longer`}${isMore ? ', of those that are shown' : ''}.`
}
