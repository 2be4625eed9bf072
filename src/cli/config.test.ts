import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openRunningGateway, type RunningGateway } from '../../test/running-gateway.ts'
import { isObject, parseJson, readNumber, readObject, readObjects, type JsonObject } from '../kit/json.ts'
import { writeAddress } from './address-file.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'
import { EXIT } from './command.ts'

/*
 * The commands by which the configuration is looked at and changed, over the file and the managed document of examples/releases.
 */

const example = new URL('../../examples/releases/', import.meta.url)
const FILE = readFileSync(new URL('gatehouse.yaml', example), 'utf8')
const MANAGED = readFileSync(new URL('managed.yaml', example), 'utf8')

const { workplace, close } = createWorkplaces()
let gateway: RunningGateway
let data: string
let directory: string

beforeAll(async () => {
  gateway = await openRunningGateway({ config: FILE })
  data = dirname(gateway.configFile)
  writeAddress(data, { dataUrl: gateway.url, adminUrl: gateway.adminUrl, processId: process.pid })
  directory = workplace()
  writeFileSync(join(directory, 'managed.yaml'), MANAGED)
  writeFileSync(join(directory, 'wrong.yaml'), 'routes: { drafts: { tragets: [sim/smart] } }\n')
})
afterAll(async () => {
  await gateway.close()
  close()
})

const config = (...given: string[]) => run(directory, ['config', ...given, '--data', data])

async function asJson(...given: string[]): Promise<JsonObject> {
  const answer = parseJson((await config(...given, '--json')).out)
  return isObject(answer) ? answer : {}
}

/** Puts what a managed document says in force, and gives its number. */
async function apply(text: string): Promise<number> {
  writeFileSync(join(directory, 'next.yaml'), text)
  return readNumber(readObject(await asJson('apply', 'next.yaml'), 'version') ?? {}, 'number') ?? 0
}

describe('config', () => {
  test('says what a document would change, puts it in force as a version, shows it, and goes back', async () => {
    const difference = await config('diff', 'managed.yaml')
    expect(difference).toMatchObject({ exitCode: EXIT.ok, out: 'route drafts is new\n' })
    const rehearsed = await config('apply', 'managed.yaml', '--dry-run')
    expect(rehearsed.out).toContain('route drafts is new\n')
    expect(rehearsed.out).toContain('Of the last 0 requests 0 would have gone elsewhere')
    const applied = await config('apply', 'managed.yaml', '--comment', 'cheaper drafts')
    expect(applied).toMatchObject({
      exitCode: EXIT.ok,
      out: 'Version 2 is in force.\n  route drafts is new\n',
    })
    expect((await config('apply', 'managed.yaml')).err).toContain(
      'Nothing is different; version 2 stays in force.',
    )
    const listed = await config('history')
    expect(listed.out).toMatch(
      /^VERSION +STATE +TIME +BY +COMMENT +CHANGES\n2 +in-force .* cli .*cheaper drafts +route drafts is new/,
    )
    expect(listed.out).toMatch(/\n1 +replaced .* file +- +-/)
    expect(readObjects(await asJson('history', '-n', '1'), 'data')).toHaveLength(1)
    const shown = await config('show')
    expect(shown.out).toContain('Version 2, in-force, ')
    expect(shown.out).toContain('# managed\nroutes:\n  drafts:')
    expect((await config('show', '1')).out).toContain('# file\nproviders:')
    expect((await config('diff', '1')).out).toBe('route drafts is gone\n')
    expect((await config('roll-back', '1')).out).toBe('Version 3 is in force.\n  route drafts is gone\n')
    expect((await config('history')).out).toContain('rolled-back')
  })

  test('tries a version on a share of the requests, says how it does, promotes it and gives it up', async () => {
    expect((await config('trial')).err).toContain('No version is being tried.')
    const tried = await config('apply', 'managed.yaml', '--canary', '10%', '--by', 'session')
    expect(tried.out).toMatch(/^Version \d+ is being tried\.\n {2}route drafts is new\n/)
    const shown = await config('trial')
    expect(shown.out).toMatch(/^Version \d+ is tried on 10 % of the requests, by session, counted since /)
    expect(shown.out).toMatch(/\n\d+ \(tried\) +0 +0 +- +-\nin force +0 +0 +- +-\n/)
    expect((await config('history')).out).toMatch(/\d+ +tried /)
    const other = await config('apply', 'managed.yaml')
    expect(other).toMatchObject({ exitCode: EXIT.usage })
    expect(other.err).toMatch(
      /Version \d+ is being tried on a share of the requests\. Promote it or give it up first\./,
    )
    expect((await config('give-up')).out).toMatch(/^Version \d+ is given up/)
    expect((await config('give-up')).exitCode).toBe(EXIT.notFound)
    await config('apply', 'managed.yaml', '--canary', '50%')
    expect((await config('promote')).out).toMatch(/^Version \d+ is in force for everybody\./)
    expect(readObject(await asJson('trial'), 'trial')).toBeUndefined()
  })

  test('tells mistakes with their place and the nearest name, and changes nothing', async () => {
    const before = (await config('show')).out
    for (const given of [
      ['diff', 'wrong.yaml'],
      ['apply', 'wrong.yaml'],
    ]) {
      const refused = await config(...given)
      expect(refused.exitCode).toBe(EXIT.usage)
      expect(refused.err).toContain('routes.drafts.tragets')
      expect(refused.err).toContain('Did you mean "targets"?')
    }
    expect(await config('apply', 'nowhere.yaml')).toMatchObject({ exitCode: EXIT.notFound })
    expect((await config('apply')).err).toContain('gatehouse config apply FILE')
    expect((await config('apply', 'managed.yaml', '--canary', '120%')).err).toContain('trial.share')
    expect((await config('apply', 'managed.yaml', '--by', 'key')).exitCode).toBe(EXIT.usage)
    expect(await config('show', '999')).toMatchObject({ exitCode: EXIT.notFound })
    expect((await config('roll-back', 'first')).err).toContain('"first" is no version')
    expect((await config('histroy')).err).toContain('Did you mean "config history"?')
    expect((await config('show')).out).toBe(before)
  })

  test('tells drift: the file that is not in force, what it would change, and what it shadows', async () => {
    const first = await apply(MANAGED)
    expect((await config('diff')).out).toContain('gatehouse.yaml is in force as it is.')
    const longer = `${FILE}  drafts: [sim/small]\n`
    writeFileSync(gateway.configFile, longer)
    gateway.gatehouse.reload()
    expect((await config('diff')).out).toMatch(
      /routes\.drafts is managed and stands in the file, line \d+, as well, which holds\./,
    )
    await config('roll-back', String(first))
    const drifted = await config('diff')
    expect(drifted.exitCode).toBe(EXIT.ok)
    expect(drifted.out).toMatch(
      /gatehouse\.yaml is not what is in force\. It would change:\n {2}route drafts: /,
    )
    writeFileSync(gateway.configFile, 'routes: { drafts: [nobody/knows] }\n')
    gateway.gatehouse.reload()
    const wrong = await config('diff')
    expect(wrong.exitCode).toBe(EXIT.usage)
    expect(wrong.out).toContain('was changed and cannot be used; what was before stays in force.')
    expect(wrong.err).toContain('routes.drafts')
    expect(readObject(await asJson('diff'), 'file')).toMatchObject({ in_force: false, ok: false })
  })

  test('keeps secrets that are piped in, tells where they are used, and forgets them', async () => {
    expect((await config('secret', 'list')).out).toMatch(/^NAME/)
    const piped = (text: string) =>
      run(directory, ['config', 'secret', 'set', 'main', '--data', data], { input: text })
    expect((await piped('')).exitCode).toBe(EXIT.usage)
    expect((await piped('sk-piped-0123456789\n')).err).toContain('Write stored:main')
    const listed = await config('secret')
    expect(listed.out).toMatch(/\nmain +\S+ +-\n/)
    expect(listed.out).not.toContain('sk-piped')
    expect((await config('secret', 'remove', 'main')).err).toContain('The secret main is forgotten.')
    expect(await config('secret', 'remove', 'main')).toMatchObject({ exitCode: EXIT.notFound })
    expect((await config('secret', 'remove')).exitCode).toBe(EXIT.usage)
    expect((await config('secret', 'lits')).err).toContain('Did you mean "config secret list"?')
  })

  test('needs a gateway that runs', async () => {
    const alone = await run(workplace(), ['config', 'history'])
    expect(alone).toMatchObject({ exitCode: EXIT.unreachable })
    expect(alone.err).toContain('No gateway runs on')
  })
})
