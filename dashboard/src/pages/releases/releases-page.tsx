import { useState, type ReactNode } from 'react'
import { useFresh } from '../../app/use-live.ts'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Empty, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { State, type Tone } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { counted } from '../../words/numbers.ts'
import { useConfig, useVersions, type Version } from './use-releases.ts'
import { TrialCard } from './trial-card.tsx'
import { VersionDialog } from './version-dialog.tsx'

const FRESH_MS = 2_000

/** Who changed what, and how is it taken back? */
export function ReleasesPage(): ReactNode {
  const versions = useVersions()
  const config = useConfig()
  const [opened, setOpened] = useState<number>()
  useFresh('config', FRESH_MS)
  const columns = useColumns()
  const rows = versions.data?.pages.flatMap(({ data }) => data)
  return (
    <main id="main">
      <PageHead title="Releases" answer={<Answer />} />
      <TrialCard inForce={config.data?.version ?? undefined} />
      <section className="card" aria-label="Versions">
        <Table
          label="Versions of the configuration"
          columns={columns}
          rows={rows}
          keyOf={({ number }) => String(number)}
          onOpen={({ number }) => setOpened(number)}
          empty={
            <Empty title="No version yet">
              <p>
                Every change of the file, and every change that is made here, stands here with its author and
                a way back.
              </p>
            </Empty>
          }
          error={
            versions.error === null
              ? undefined
              : {
                  error: versions.error,
                  what: 'The versions could not be read.',
                  retry: () => void versions.refetch(),
                }
          }
        />
        {versions.hasNextPage ? (
          <footer className="older">
            <button type="button" className="btn s" onClick={() => void versions.fetchNextPage()}>
              Show older
            </button>
          </footer>
        ) : null}
      </section>
      {opened === undefined ? null : <VersionDialog number={opened} onClose={() => setOpened(undefined)} />}
    </main>
  )
}

/** What is in force, and whether the file says the same. */
function Answer(): ReactNode {
  const { data } = useConfig()
  if (data === undefined) return <p>Reading the configuration.</p>
  const { version, file, left_out: leftOut } = data
  return (
    <>
      <p>
        {version === null
          ? 'The configuration of the start is in force.'
          : `Version ${version.number} is in force.`}{' '}
        {file === null ? 'There is no file.' : `The file is ${file.path}.`}
      </p>
      {file?.ok === false ? (
        <Notice tone="bad">The changed file has mistakes and was not taken over.</Notice>
      ) : null}
      {file?.drifted === true ? (
        <Notice tone="warn">
          The file is not what is in force: an earlier version was put back. It takes over again when it
          changes.
        </Notice>
      ) : null}
      {leftOut.length === 0 ? null : (
        <Notice tone="bad">
          What is managed here does not fit the file and is left out: {leftOut[0]?.path}:{' '}
          {leftOut[0]?.message}.
        </Notice>
      )}
    </>
  )
}

const MADE_BY: Readonly<Record<Version['by'], string>> = {
  file: 'the file',
  cli: 'a command',
  api: 'the admin API',
}

const TONES: Readonly<Record<string, Tone>> = {
  'in-force': 'good',
  tried: 'info',
  'rolled-back': 'warn',
  'given-up': 'warn',
}

function useColumns(): readonly Column<Version>[] {
  const times = useTimes()
  const nowMs = useNow(60_000)
  return [
    { head: 'Version', cell: ({ number }) => <b className="strong">{number}</b> },
    {
      head: 'What changed',
      cell: ({ number, changes, comment, of }) => (
        <>
          {changes.length === 0 ? `Version ${number} of the configuration` : changes[0]}
          {changes.length > 1 ? (
            <span className="soft"> and {counted(changes.length - 1, 'more change')}</span>
          ) : null}
          {of === undefined ? null : <span className="sub">as in version {of}</span>}
          {comment === undefined ? null : <span className="sub">{comment}</span>}
        </>
      ),
    },
    {
      head: 'By',
      className: 'nowrap',
      cell: ({ by, author }) => author ?? <span className="soft">{MADE_BY[by]}</span>,
    },
    {
      head: 'When',
      className: 'nowrap',
      cell: ({ at }) => <time dateTime={at}>{times.moment(at, nowMs)}</time>,
    },
    {
      head: 'State',
      className: 'nowrap',
      cell: ({ state, verdict }) => (
        <>
          <State tone={TONES[state] ?? 'soft'}>{state.replaceAll('-', ' ')}</State>
          {verdict === undefined ? null : <span className="sub">{verdict}</span>}
        </>
      ),
    },
  ]
}
