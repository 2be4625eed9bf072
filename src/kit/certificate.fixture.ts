import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes a key and a certificate (PEM) that vouches for itself; undefined where no openssl is installed. */
export function makeCertificate(name: string): { key: string; cert: string } | undefined {
  const openssl = Bun.which('openssl')
  if (openssl === null) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'))
  const key = join(directory, 'key.pem')
  const cert = join(directory, 'cert.pem')
  const subject = `/CN=${name} -addext subjectAltName=DNS:${name}`
  const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj ${subject}`
  Bun.spawnSync([openssl, ...request.split(' '), '-keyout', key, '-out', cert], { stderr: 'ignore' })
  const made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(directory, { recursive: true })
  return made
}
