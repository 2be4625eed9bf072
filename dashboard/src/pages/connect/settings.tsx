import type { ReactNode } from 'react'
import type { GetConnectClient } from '../../api/answers.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Notice } from '../../parts/notices.tsx'

/** All of it, with the text of the key where that is known. */
export function Settings({
  settings,
  keyText,
}: {
  readonly settings: GetConnectClient
  readonly keyText: string | undefined
}): ReactNode {
  const { key_place: place, files, environment, snippets, steps, notes } = settings
  const filled = (text: string): string => (keyText === undefined ? text : text.replaceAll(place, keyText))
  const exported = environment.map((one) => `export ${one.name}='${one.value}'`).join('\n')
  return (
    <>
      {keyText === undefined ? (
        <Notice tone="info">
          <code>{place}</code> stands where the text of your key belongs: the gateway keeps only a hash of it.
          Make a key here, and it is filled in.
        </Notice>
      ) : (
        <Notice tone="warn">The key is filled in and shown on this page only, until you leave it.</Notice>
      )}
      {steps.length === 0 ? null : (
        <section className="card" aria-label="By hand">
          <header>
            <h2>By hand</h2>
          </header>
          <ol className="body by-hand">
            {steps.map((step) => (
              <li key={step}>{filled(step)}</li>
            ))}
          </ol>
        </section>
      )}
      {files.map(({ path, text }) => (
        <Code key={path} title={path} text={filled(text)} />
      ))}
      {exported === '' ? null : <Code title="In a shell" text={filled(exported)} />}
      {snippets.map(({ language, text }) => (
        <Code key={language} title={TITLES[language] ?? language} text={filled(text)} />
      ))}
      <CommandLine settings={settings} />
      {notes.length === 0 ? null : (
        <ul className="small soft stack">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  )
}

function CommandLine({
  settings: { name, writes, runs },
}: {
  readonly settings: GetConnectClient
}): ReactNode {
  if (!writes && !runs) return null
  return (
    <section className="card" aria-label="On the command line">
      <header>
        <h2>On the command line</h2>
      </header>
      <div className="body stack">
        {writes ? (
          <p>
            <code>gatehouse connect {name} --write</code>{' '}
            <span className="soft">writes it after a diff, and can take it back.</span>
          </p>
        ) : null}
        {runs ? (
          <p>
            <code>gatehouse run {name}</code>{' '}
            <span className="soft">starts it for this once, and writes nothing.</span>
          </p>
        ) : null}
      </div>
    </section>
  )
}

const TITLES: Readonly<Record<string, string | undefined>> = {
  ts: 'TypeScript',
  python: 'Python',
  sh: 'curl',
}

function Code({ title, text }: { readonly title: string; readonly text: string }): ReactNode {
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      <div className="body">
        <div className="code with-copy">
          <pre tabIndex={0}>{text}</pre>
          <CopyButton text={text} label={`Copy ${title}`} word="Copy" />
        </div>
      </div>
    </section>
  )
}
