import { isAbsolute, join } from 'node:path'
import { compileConfig, type CompiledConfig, type CompileParts } from '../config/compile.ts'
import { loadConfig, type ConfigInput, type LoadedConfig } from '../config/load.ts'
import { renderProblem } from '../config/problems.ts'
import { configJsonSchema } from '../config/schema-names.ts'
import type { Config } from '../config/schema.ts'
import type { SecretsByReference } from '../config/secrets.ts'
import type { Plan } from '../gateway/plan.ts'
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
}

/** The configuration of a process: compiled now, and again whenever asked. */
export interface Configuration {
  readonly text: string
  readonly plan: Plan
  readonly config: Config
  readonly providers: CompiledConfig['providers']
  readonly adminToken?: Secret
  /** Headers by which telemetry is delivered. */
  readonly exportHeaders: ReadonlyMap<string, Secret>
  /** What the references of the file stand for. */
  readonly secrets: SecretsByReference
  readonly warnings: readonly string[]
  /** Compiles another text of the same file; never throws. */
  compile(text: string): CompiledConfig
  /** Compiles another configuration, which comes from somebody who does not hold the file, and is not to be put in force; never throws. */
  compileDraft(text: string): CompiledConfig
  /** The file's text now, or undefined when it cannot be read. */
  readText(): string | undefined
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
export function openConfiguration({ file, directory, ...parts }: ConfigurationNeeds): Configuration {
  let sequence = 0
  const schemaOf = once(configJsonSchema)
  const readAt = readerBeside(file ?? join(directory, 'gatehouse.yaml'))
  const readText = (): string | undefined => (file === undefined ? '' : readTextFile(file))
  const load = (text: string): LoadedConfig =>
    loadConfig({ text, environment: parts.environment, readText: readAt, schemaOf })
  const compileLoaded = (loaded: LoadedConfig, text: string): CompiledConfig => {
    sequence += 1
    return compileConfig(loaded, text, { ...parts, sequence })
  }
  const text = readText()
  if (text === undefined) throw new ConfigurationError(`${file} cannot be read`)
  const loaded = load(text)
  const { plan, config, providers, problems } = compileLoaded(loaded, text)
  const told = problems.map((problem) => renderProblem(problem, { file: file ?? 'defaults', text }))
  if (plan === undefined || config === undefined) throw new ConfigurationError(told.join('\n'))
  const token = config.server.admin_token
  const adminToken = token === undefined ? undefined : loaded.secrets.get(token)
  return {
    text,
    plan,
    config,
    providers,
    ...defined({ adminToken }),
    exportHeaders: exportHeaders(config, loaded),
    secrets: loaded.secrets,
    warnings: [...told, ...diversionsOf(parts.found, providers)],
    compile: (changed) => compileLoaded(load(changed), changed),
    compileDraft: (draft) =>
      compileDraft(draft, { ...parts, schemaOf, readText: readAt, inForce: readText() ?? text }),
    readText,
  }
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
  readonly readText: (path: string) => string | undefined
  /** The text in force. */
  readonly inForce: string
  readonly schemaOf: () => JsonObject
}

const FILLED_IN = /\$\{(\w+)/g

/**
 * What is filled into a draft would be shown to whoever sent it, and so would which files there are: only what is filled into the text in
 * force as well is, and only files are read that it names. Secrets are never shown.
 */
function compileDraft(text: string, { inForce, readText, schemaOf, ...parts }: DraftParts): CompiledConfig {
  const { environment } = parts
  const names = [...inForce.matchAll(FILLED_IN)].map(([, name = '']) => name)
  const loaded = loadConfig({
    text,
    environment,
    schemaOf,
    fillable: Object.fromEntries(names.map((name) => [name, environment[name]])),
    readText: (path) => (inForce.includes(`file:${path}`) ? readText(path) : undefined),
  })
  return compileConfig(loaded, text, { ...parts, sequence: 0 })
}
