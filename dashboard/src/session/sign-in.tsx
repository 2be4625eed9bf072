import { useState, type FormEvent, type ReactNode } from 'react'
import { opens } from '../api/ask.ts'
import { asProblem } from '../api/problem.ts'
import { Icon, Mark } from '../parts/icon.tsx'

/** Asks for the admin token, and tries it before it is kept. */
export function SignIn({ onToken }: { readonly onToken: (token: string) => void }): ReactNode {
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const given = new FormData(event.currentTarget).get('token')
    const token = typeof given === 'string' ? given.trim() : ''
    setBusy(true)
    const wrong = await objection(token)
    setBusy(false)
    setError(wrong)
    if (wrong === undefined) onToken(token)
  }
  return (
    <main className="door" id="main">
      <form className="card" onSubmit={(event) => void submit(event)}>
        <span className="mark">
          <Mark />
          Gatehouse
        </span>
        <h1>Sign in</h1>
        <p className="soft small">
          The admin token is <code>server.admin_token</code> of the configuration or, without one, stands in
          the file <code>admin.token</code> of the data directory.
        </p>
        <div className="field">
          <label htmlFor="token">Admin token</label>
          <input
            className="input mono"
            id="token"
            name="token"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
            spellCheck={false}
            aria-invalid={error !== undefined}
            aria-describedby="token-error"
          />
          <div id="token-error" aria-live="polite">
            {error === undefined ? null : (
              <span className="error">
                <Icon name="warning" small />
                {error}
              </span>
            )}
          </div>
        </div>
        <button type="submit" className="btn primary" aria-disabled={busy}>
          {busy ? <span className="spin" /> : null}Sign in
        </button>
        <p className="soft small">It is kept in this tab until you close it or sign out.</p>
      </form>
    </main>
  )
}

/** Why a token is not taken, or undefined when it is. */
async function objection(token: string): Promise<string | undefined> {
  if (/[^\u0021-\u007e]/.test(token) || token === '')
    return 'A token has letters, digits and signs, and no spaces.'
  try {
    return (await opens(token)) ? undefined : 'This is not the token of this gateway.'
  } catch (thrown) {
    const { facts } = asProblem(thrown)
    return `${facts.title}. ${facts.detail ?? ''}`
  }
}
