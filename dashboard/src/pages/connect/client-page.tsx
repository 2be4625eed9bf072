import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useState, type ReactNode } from 'react'
import type { GetConnectClient } from '../../api/answers.ts'
import { Failed } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Ask } from './ask.tsx'
import { Seen } from './seen.tsx'
import { Settings } from './settings.tsx'
import { TestCard } from './test-card.tsx'
import { useClients, useSettings, useWaiting } from './use-connect.ts'

/** The settings of one client, and whether it has asked yet. */
export function ClientPage(): ReactNode {
  const { client } = useParams({ from: '/connect/$client' })
  const { key, model } = useSearch({ from: '/connect/$client' })
  const navigate = useNavigate({ from: '/connect/$client' })
  const { data, error, refetch } = useSettings({ client, key, model })
  const { data: choices } = useClients()
  /** The text of a key that was made on this page; it is nowhere else, and goes with the page. */
  const [made, setMade] = useState<{ readonly id: string; readonly text: string }>()
  const [byKey, setByKey] = useState<string>()
  useWaiting(
    client,
    key,
    useCallback((id: string) => setByKey(id), []),
  )
  const text = made?.id === key ? made?.text : undefined
  const choose = (chosen: { readonly key?: string | undefined; readonly model?: string | undefined }): void =>
    void navigate({ search: (before) => ({ ...before, ...chosen }), replace: true })
  return (
    <main id="main">
      <Head client={client} settings={data} />
      {error === null ? null : (
        <Failed error={error} what="There are no settings to show." retry={() => void refetch()} />
      )}
      {data === undefined ? null : (
        <>
          <Ask
            settings={data}
            keys={choices?.keys ?? []}
            chosenKey={key}
            onChoose={choose}
            onMade={(one) => {
              setMade(one)
              choose({ key: one.id })
            }}
          />
          <div className="grid">
            <div className="c8 stack loose">
              <Settings settings={data} keyText={text} />
            </div>
            <div className="c4 stack loose">
              <Seen settings={data} byKey={byKey} hasKey={key !== undefined} />
              <TestCard keyId={key} model={data.model} />
            </div>
          </div>
        </>
      )}
    </main>
  )
}

function Head({
  client,
  settings,
}: {
  readonly client: string
  readonly settings: GetConnectClient | undefined
}): ReactNode {
  return (
    <PageHead
      title={settings?.title ?? client}
      answer={
        settings === undefined ? undefined : (
          <>
            Speaks {settings.speaks} at <code>{settings.base_url}</code>, reads {settings.reads}.
          </>
        )
      }
    >
      <Link to="/connect" className="btn">
        All clients
      </Link>
    </PageHead>
  )
}
