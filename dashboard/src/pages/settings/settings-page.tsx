import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { GetConfig } from '../../api/answers.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Empty, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { counted } from '../../words/numbers.ts'
import { useConfig } from '../releases/use-releases.ts'

type ConfigObject = GetConfig['objects'][number]
type Section = GetConfig['settings'][number]

/** What is configured, and where is it written? */
export function SettingsPage(): ReactNode {
  const config = useConfig()
  const [shown, setShown] = useState<Shown>()
  const { data } = config
  const error =
    config.error === null
      ? undefined
      : {
          error: config.error,
          what: 'The configuration could not be read.',
          retry: () => void config.refetch(),
        }
  return (
    <main id="main">
      <PageHead
        title="Settings"
        answer={data === undefined ? 'Reading the configuration.' : <Answer config={data} />}
      />
      <Warnings warnings={data?.warnings ?? []} />
      <section className="card" aria-labelledby="h-objects">
        <header>
          <h2 id="h-objects">Objects</h2>
          <Link to="/releases" className="small">
            Releases
          </Link>
        </header>
        <Table
          label="Objects of the configuration"
          columns={OBJECTS}
          rows={data?.objects}
          keyOf={({ path }) => path}
          onOpen={({ path, value }) => setShown({ path, value })}
          error={error}
          empty={
            <Empty title="Nothing is configured">
              <p>
                Providers are found in the environment. Routes can be made under Routes, or written in a file.
              </p>
            </Empty>
          }
        />
      </section>
      <section className="card" aria-labelledby="h-sections">
        <header>
          <h2 id="h-sections">Sections of the file</h2>
          <span className="small soft">changed in the file alone</span>
        </header>
        <Table
          label="Sections of the file"
          columns={SECTIONS}
          rows={data?.settings}
          keyOf={({ section }) => section}
          onOpen={({ section, value }) => setShown({ path: section, value })}
          error={error}
        />
      </section>
      {shown === undefined ? null : <ShownDialog shown={shown} onClose={() => setShown(undefined)} />}
    </main>
  )
}

function Warnings({ warnings }: Pick<GetConfig, 'warnings'>): ReactNode {
  return warnings.map(({ path, message, hint }) => (
    <Notice key={`${path}-${message}`} tone="warn">
      <b className="strong">{path}</b> {message}. {hint}
    </Notice>
  ))
}

/** All that an object says. */
function ShownDialog({
  shown: { path, value },
  onClose,
}: {
  readonly shown: Shown
  readonly onClose: () => void
}): ReactNode {
  return (
    <Dialog title={path} isWide onClose={onClose}>
      <div className="code">
        <pre tabIndex={0} aria-label={path}>
          {JSON.stringify(value, undefined, 2)}
        </pre>
      </div>
    </Dialog>
  )
}

interface Shown {
  readonly path: string
  readonly value: unknown
}

function Answer({ config: { objects, version, file } }: { readonly config: GetConfig }): ReactNode {
  const managed = objects.filter(({ origin }) => origin === 'managed').length
  const inFile = objects.filter(({ origin }) => origin === 'file').length
  return (
    <p>
      {version === null ? '' : `Version ${version.number} is in force. `}
      {file === null ? 'There is no file' : `${file.path} holds ${counted(inFile, 'object')}`};{' '}
      {counted(managed, 'object')} {managed === 1 ? 'is' : 'are'} managed here.
    </p>
  )
}

const ORIGINS: Readonly<Record<ConfigObject['origin'], string>> = {
  file: 'file',
  managed: 'here',
  found: 'environment',
  default: 'by itself',
}

const OBJECTS: readonly Column<ConfigObject>[] = [
  { head: 'Section', cell: ({ section }) => section, sortBy: ({ section }) => section },
  {
    head: 'Name',
    cell: ({ section, name }) =>
      section === 'routes' ? (
        <Link to="/routes/$name" params={{ name }}>
          {name}
        </Link>
      ) : (
        name
      ),
    sortBy: ({ name }) => name,
  },
  {
    head: 'Written',
    cell: ({ origin, line, shadows }) => (
      <>
        {ORIGINS[origin]}
        {line === undefined ? null : <span className="soft">, line {line}</span>}
        {shadows === true ? (
          <span className="sub warn">one of this name is managed here as well, and does not hold</span>
        ) : null}
      </>
    ),
    sortBy: ({ origin }) => origin,
  },
  { head: 'Says', className: 'x-minor', cell: ({ value }) => <Said value={value} /> },
]

const SECTIONS: readonly Column<Section>[] = [
  { head: 'Section', cell: ({ section }) => section },
  {
    head: 'Written',
    cell: ({ origin }) => (origin === 'file' ? 'file' : <span className="soft">by itself</span>),
  },
  { head: 'Says', cell: ({ value }) => <Said value={value} /> },
]

const MOST = 90

/** The beginning of what an object says. */
function Said({ value }: { readonly value: unknown }): ReactNode {
  if (value === null || value === undefined) return <span className="soft">–</span>
  const text = JSON.stringify(value)
  return <code className="soft">{text.length > MOST ? `${text.slice(0, MOST)}…` : text}</code>
}
