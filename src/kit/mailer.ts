import { connect, type Socket } from 'node:net'
import type { Clock } from './clock.ts'
import { createEgressGuard, type PublicEgress } from './egress.ts'
import { LIMITS } from './limits.ts'
import type { Secret } from './secret.ts'

/** A mail without markup and attachments. */
export interface Mail {
  /** Becomes its message id, so that one that comes twice is known. */
  readonly id: string
  readonly from: string
  readonly recipients: readonly string[]
  readonly subject: string
  readonly text: string
}

/** A server that takes mail, and how it is reached. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /** `tls`: from the first byte; `starttls`: before anything is said, or not at all; `none`: never. */
  readonly encryption: 'tls' | 'starttls' | 'none'
  readonly login?: { readonly user: string; readonly password: Secret }
  /** `public-only`: an address of the public internet, and no other. */
  readonly egress: 'any' | 'public-only'
  readonly stopped: AbortSignal
}

/** What became of a mail. */
export type MailOutcome =
  | { readonly result: 'delivered' }
  /** Trying again does not help. */
  | { readonly result: 'refused'; readonly why: string }
  | { readonly result: 'unavailable'; readonly why: string }

export interface Mailer {
  /** Hands a mail to a server. Never rejects, and ends within `LIMITS.alertMs` whatever the server does. */
  send(mail: Mail, server: MailServer): Promise<MailOutcome>
}

export interface MailerOptions {
  readonly clock: Clock
  /** Instead of the system's resolver and the public internet. */
  readonly publicEgress?: PublicEgress
  /** Certificates (PEM) to trust instead of the system's. */
  readonly trustedCertificates?: string
}

/**
 * Creates the one place that speaks SMTP, over a library that does. The socket is ours, to the address that was checked, so that a server
 * that hangs or floods is cut off.
 */
export function createMailer(options: MailerOptions): Mailer {
  const guard = createEgressGuard(options.publicEgress)
  return {
    async send(mail, server) {
      try {
        const address = server.egress === 'any' ? server.host : await publicAddress(server.host, guard)
        if (address === undefined)
          return {
            result: 'refused',
            why: 'the address is not a public one; for your own network: private: true',
          }
        return await sendTo(address, { mail, server, ...options })
      } catch (thrown) {
        return explain(thrown)
      }
    },
  }
}

async function publicAddress(
  host: string,
  guard: ReturnType<typeof createEgressGuard>,
): Promise<string | undefined> {
  return (await guard.check(`https://${host.includes(':') ? `[${host}]` : host}/`))?.address
}

interface Sending extends MailerOptions {
  readonly mail: Mail
  readonly server: MailServer
}

async function sendTo(
  address: string,
  { mail, server, clock, trustedCertificates }: Sending,
): Promise<MailOutcome> {
  const { host, port, encryption, login, stopped } = server
  const socket = connect({ host: address, port })
  const cut = (why: string): void => void socket.destroy(new Error(why))
  const onStop = (): void => cut('the gateway ends')
  const limit = clock.after(LIMITS.alertMs, () => cut('it took too long'))
  stopped.addEventListener('abort', onStop)
  try {
    await connected(socket)
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      host,
      port,
      secure: encryption === 'tls',
      requireTLS: encryption === 'starttls',
      ignoreTLS: encryption === 'none',
      ...(login !== undefined && { auth: { user: login.user, pass: login.password.reveal() } }),
      tls: { servername: host, ...(trustedCertificates !== undefined && { ca: trustedCertificates }) },
      maxResponseSize: LIMITS.alertAnswerBytes,
      disableFileAccess: true,
      disableUrlAccess: true,
      connectionTimeout: LIMITS.alertMs,
      greetingTimeout: LIMITS.alertMs,
      socketTimeout: LIMITS.alertMs,
      dnsTimeout: LIMITS.alertMs,
      getSocket: (_options: unknown, use: (error: Error | null, socket: { connection: Socket }) => void) =>
        use(null, { connection: socket }),
    })
    const sent = transport.sendMail({
      from: mail.from,
      to: [...mail.recipients],
      subject: mail.subject,
      text: mail.text,
      messageId: `<${mail.id}@gatehouse>`,
      headers: { 'auto-submitted': 'auto-generated' },
    })
    await Promise.race([sent, cutOff(socket)])
    return { result: 'delivered' }
  } finally {
    limit.cancel()
    stopped.removeEventListener('abort', onStop)
    socket.destroy()
  }
}

function connected(socket: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('connect', resolve)
  socket.once('error', reject)
  socket.once('close', () => reject(new Error('it could not be reached')))
  return promise
}

/** Rejects when the socket is cut off: the library may wait for what no longer comes. */
function cutOff(socket: Socket): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  socket.once('error', reject)
  promise.catch(() => undefined)
  return promise
}

/** SMTP (RFC 5321, 4.2.1): replies from 500 on are for good. */
const FOR_GOOD = 500
const WHY_CHARACTERS = 100

function explain(thrown: unknown): MailOutcome {
  const status = replyOf(thrown)
  const why = whyOf(thrown, status)
  return status !== undefined && status >= FOR_GOOD
    ? { result: 'refused', why }
    : { result: 'unavailable', why }
}

function replyOf(thrown: unknown): number | undefined {
  const code = thrown instanceof Error && 'responseCode' in thrown ? thrown.responseCode : undefined
  return typeof code === 'number' ? code : undefined
}

/** A status or a code: what servers say may repeat what they were told. */
function whyOf(thrown: unknown, status: number | undefined): string {
  if (status !== undefined) return `status ${status}`
  if (!(thrown instanceof Error)) return 'it could not be asked'
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
  return (code ?? thrown.message).slice(0, WHY_CHARACTERS)
}
