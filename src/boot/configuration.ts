import { isAbsolute, join } from 'node:path'
import { compileConfig, type CompiledConfig, type CompileParts } from '../config/compile.ts'
import { prepareGuardrails } from '../config/compile-guardrails.ts'
import { loadConfig, type ConfigInput, type LoadedConfig } from '../config/load.ts'
import { isUsable, renderProblem, type ConfigProblem } from '../config/problems.ts'
import { configJsonSchema } from '../config/schema-names.ts'
import type { Config } from '../config/schema.ts'
import type { SecretsByReference, StoredSecrets } from '../config/secrets.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock } from '../kit/clock.ts'
import type { JsonObject } from '../kit/json.ts'
import { once } from '../kit/once.ts'
import type { Secret } from '../kit/secret.ts'
import { readerBeside, readTextFile } from './read-text.ts'
import { defined } from '../kit/defined.ts'

/** The configuration cannot be used; the message lists everything that is wrong with it. */
export class ConfigurationError extends Error {}

export interface ConfigurationNeeds extends Omit<CompileParts, 'sequence'> {
  /** Absent: there is no file, everything is found or default. */
  readonly file?: string
  readonly directory: string
  /** What the store keeps of an earlier life; absent: nothing. */
  readonly kept?: KeptTexts
  /** Absent: none are stored. */
  readonly stored?: StoredSecrets
}

/** The two documents that a configuration is made of. */
export interface ConfigTexts {
  /** The file; empty where there is none. */
  readonly file: string
  /** What is managed by command, API and dashboard; empty where nothing is. */
  readonly managed: string
}

/** The texts that were in force when the gateway ended. */
export interface KeptTexts extends ConfigTexts {
  /** True for the text that the file had on the disk then: as long as it has it, what was in force stays so. */
  readonly isSeen: (fileText: string) => boolean
}

/** The configuration of a process: compiled now, and again whenever asked. */
export interface Configuration {
  readonly texts: ConfigTexts
  /** What the file said when it was read. */
  readonly fileText: string
  readonly compiled: CompiledConfig
  readonly plan: Plan
  readonly config: Config
  readonly providers: CompiledConfig['providers']
  readonly adminToken?: Secret
  /** Headers by which telemetry is delivered. */
  readonly exportHeaders: ReadonlyMap<string, Secret>
  /** What the references of the file stand for. */
  readonly secrets: SecretsByReference
  readonly warnings: readonly string[]
  /**
   * Compiles other texts; never throws.
   *
   * @param own `objectKey` of managed objects that must not be in the file as well
   */
  compile(texts: ConfigTexts, own?: ReadonlySet<string>): CompiledConfig
  /** Compiles other texts, or the file alone where the managed document does not fit it (`leftOut`); never throws. */
  settle(texts: ConfigTexts): CompiledConfig
  /**
   * Does what takes long before texts are compiled, a step at a time, so that requests go on meanwhile. Absent where nothing takes long;
   * never rejects: what is wrong compiling tells.
   */
  prepare(texts: ConfigTexts, clock: Pick<Clock, 'afterTurn'>): Promise<void> | undefined
  /** Compiles another file over the managed document, which comes from somebody who does not hold the file, and is not to be put in force; never throws. */
  compileDraft(text: string, managed: string): CompiledConfig
  /** The file's text now, or undefined when it cannot be read. */
  readText(): string | undefined
  /** The JSON Schema of the file. */
  readonly schemaOf: () => JsonObject
}

/** What is known of a configuration before it is compiled. Absent: it does not say, or is not valid, which compiling will report. */
export interface EarlySettings {
  /** A relative path starts at the file. */
  readonly storeUrl?: string
  readonly port?: number
  /** Names of the declared projects. */
  readonly projects?: readonly string[]
}

/**
 * Reads what must be known before a configuration can be compiled: keys are hashed with what the store keeps, and a provider
 * at the gateway's own port is no provider.
 */
export function readEarlySettings(input: ConfigInput, at: string): EarlySettings {
  const { config } = loadConfig(input)
  if (config === undefined) return {}
  const { url } = config.store
  const path = url?.startsWith('sqlite:') === true ? url.slice('sqlite:'.length) : undefined
  const storeUrl = path === undefined || isAbsolute(path) ? url : `sqlite:${join(at, path)}`
  return {
    ...defined({ storeUrl }),
    port: config.server.port,
    projects: Object.keys(config.projects),
  }
}

/** Reads and compiles the configuration. Throws ConfigurationError when it cannot be used. */
export function openConfiguration(needs: ConfigurationNeeds): Configuration {
  const { file, directory, kept, ...parts } = needs
  let sequence = 0
  const schemaOf = once(configJsonSchema)
  const readAt = readerBeside(file ?? join(directory, 'gatehouse.yaml'))
  const readText = (): string | undefined => (file === undefined ? '' : readTextFile(file))
  const load = ({ file: text, managed }: ConfigTexts, own?: ReadonlySet<string>): LoadedConfig =>
    loadConfig({
      ...parts,
      text,
      managed: { text: managed, ...defined({ own }) },
      readText: readAt,
      schemaOf,
    })
  const compile = (texts: ConfigTexts, own?: ReadonlySet<string>): CompiledConfig => {
    sequence += 1
    return compileConfig(load(texts, own), wholeText(texts), { ...parts, sequence })
  }
  const settle = (texts: ConfigTexts): CompiledConfig => settleOn(texts, compile)
  const prepare: Configuration['prepare'] = (texts, clock) => {
    if (!wholeText(texts).includes(LONG_TO_COMPILE)) return undefined
    const { config } = load(texts)
    const context = { readText: readAt, reuse: parts.reuse }
    return config && prepareGuardrails(config, context, clock.afterTurn)?.catch(() => undefined)
  }
  const fileText = readText()
  if (fileText === undefined) throw new ConfigurationError(`${file} cannot be read`)
  const texts: ConfigTexts = {
    file: kept?.isSeen(fileText) === true ? kept.file : fileText,
    managed: kept?.managed ?? '',
  }
  const compiled = settle(texts)
  const { plan, config, providers, problems, leftOut = [], loaded } = compiled
  const told = [...leftOut, ...problems].map((problem) =>
    renderProblem(problem, { file: file ?? 'defaults', text: texts.file }),
  )
  if (plan === undefined || config === undefined) throw new ConfigurationError(told.join('\n'))
  const token = config.server.admin_token
  const adminToken = token === undefined ? undefined : loaded.secrets.get(token)
  return {
    texts,
    fileText,
    compiled,
    plan,
    config,
    providers,
    ...defined({ adminToken }),
    exportHeaders: exportHeaders(config, loaded),
    secrets: loaded.secrets,
    warnings: [...(leftOut.length === 0 ? [] : [LEFT_OUT]), ...told, ...diversionsOf(parts.found, providers)],
    compile,
    settle,
    prepare,
    compileDraft: (draft, managed) =>
      compileDraft(draft, { ...parts, managed, schemaOf, readText: readAt, inForce: readText() ?? fileText }),
    readText,
    schemaOf,
  }
}

/** No text takes long to compile that has no such word in it. */
const LONG_TO_COMPILE = 'terms'

/** Said where the managed document does not fit the file. */
export const LEFT_OUT =
  'The managed configuration does not fit the file and is left out; the file alone is in force.'

/** One text for the digest of a version. */
export function wholeText({ file, managed }: ConfigTexts): string {
  return managed === '' ? file : `${file}\n---\n${managed}`
}

function settleOn(texts: ConfigTexts, compile: Configuration['compile']): CompiledConfig {
  const compiled = compile(texts)
  if (compiled.plan !== undefined || texts.managed === '') return compiled
  const alone = compile({ ...texts, managed: '' })
  // The file by itself is wrong: that is what has to be told.
  if (alone.plan === undefined) return alone
  const leftOut: readonly ConfigProblem[] = compiled.problems.filter((problem) => !isUsable([problem]))
  return { ...alone, leftOut }
}

function exportHeaders({ telemetry }: Config, { secrets }: LoadedConfig): ReadonlyMap<string, Secret> {
  const headers = new Map<string, Secret>()
  for (const [name, reference] of Object.entries(telemetry.otlp?.headers ?? {})) {
    const secret = secrets.get(reference)
    if (secret !== undefined) headers.set(name.toLowerCase(), secret)
  }
  return headers
}

/** Where a variable of the environment takes a key that is in use to another host than its provider's. */
function diversionsOf(found: CompileParts['found'], providers: CompiledConfig['providers']): string[] {
  return found.flatMap(({ name, baseUrl, diversion }) => {
    const isUsed = providers.some((setup) => setup.definition.name === name && setup.baseUrl === baseUrl)
    return diversion !== undefined && isUsed ? [diversion] : []
  })
}

interface DraftParts extends Omit<CompileParts, 'sequence'> {
  readonly managed: string
  readonly stored?: StoredSecrets
  readonly readText: (path: string) => string | undefined
  /** The text in force. */
  readonly inForce: string
  readonly schemaOf: () => JsonObject
}

/** As a secret has it, or as a member. */
function isNamed(path: string, inForce: string): boolean {
  return inForce.includes(`file:${path}`) || inForce.includes(`file: ${path}`)
}

const FILLED_IN = /\$\{(\w+)/g

/**
 * What is filled into a draft would be shown to whoever sent it, and so would which files there are: only what is filled into the text in
 * force as well is, and only files are read that it names. Secrets are never shown.
 */
function compileDraft(text: string, draft: DraftParts): CompiledConfig {
  const { inForce, managed, readText, schemaOf, ...parts } = draft
  const { environment, stored } = parts
  const names = [...inForce.matchAll(FILLED_IN)].map(([, name = '']) => name)
  const loaded = loadConfig({
    text,
    managed: { text: managed },
    ...defined({ stored }),
    environment,
    schemaOf,
    fillable: Object.fromEntries(names.map((name) => [name, environment[name]])),
    readText: (path) => (isNamed(path, inForce) ? readText(path) : undefined),
  })
  return compileConfig(loaded, text, { ...parts, sequence: 0 })
}
