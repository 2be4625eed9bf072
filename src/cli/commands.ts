import type { Command } from './command.ts'

/** A command by name; its code is loaded when it is asked for, because a start should not wait for the others. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    summary: 'Run the gateway; what happens without a command.',
    load: async () => (await import('./start.ts')).startCommand,
  },
  {
    name: 'check',
    summary: 'Check a configuration: form, references, secrets.',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'keys',
    summary: 'Make, list and revoke keys.',
    load: async () => (await import('./keys.ts')).keysCommand,
  },
  {
    name: 'explain',
    summary: 'Why a target was chosen, or which one would be.',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'what-if',
    summary: 'What a changed file would have made of the requests in the log.',
    load: async () => (await import('./what-if.ts')).whatIfCommand,
  },
  {
    name: 'config',
    summary: 'Versions of the configuration: look at them, apply one, roll back; stored secrets.',
    load: async () => (await import('./config.ts')).configCommand,
  },
  {
    name: 'canary',
    summary: 'Canaries: list them, roll one back, hold it, let it go on.',
    load: async () => (await import('./canary.ts')).canaryCommand,
  },
  {
    name: 'shadow',
    summary: 'How the answers of shadows compare with those that clients got.',
    load: async () => (await import('./shadow.ts')).shadowCommand,
  },
  {
    name: 'cache',
    summary: 'Kept answers: what they saved, or would save, and what lies there; remove some.',
    load: async () => (await import('./cache.ts')).cacheCommand,
  },
  {
    name: 'guardrails',
    summary: 'Guardrails: list them, and see what they would find in a text and do with it.',
    load: async () => (await import('./guardrails.ts')).guardrailsCommand,
  },
  {
    name: 'drill',
    summary: 'Rehearse an outage: who answers then, how fast, at what cost.',
    load: async () => (await import('./drill.ts')).drillCommand,
  },
  {
    name: 'alerts',
    summary: 'Rules that ring: list them, test a channel, try a rule on past days, mute.',
    load: async () => (await import('./alerts.ts')).alertsCommand,
  },
  {
    name: 'audit',
    summary: 'What was done, by whom; whether the chain of it is whole; its export.',
    load: async () => (await import('./audit.ts')).auditCommand,
  },
  {
    name: 'usage',
    summary: 'Tokens and money, by model, target, key, project, route or day.',
    load: async () => (await import('./usage.ts')).usageCommand,
  },
  {
    name: 'receipt',
    summary: 'What a request cost, and how that is worked out.',
    load: async () => (await import('./receipt.ts')).receiptCommand,
  },
  {
    name: 'logs',
    summary: 'The request log; -f follows it.',
    load: async () => (await import('./logs.ts')).logsCommand,
  },
  {
    name: 'req',
    summary: 'One request on one screen: who, why here, attempts, times, cost.',
    load: async () => (await import('./req.ts')).reqCommand,
  },
  {
    name: 'top',
    summary: 'Requests, errors, times and spend of the last minute, live.',
    load: async () => (await import('./top.ts')).topCommand,
  },
  {
    name: 'connect',
    summary: 'Settings for Claude Code, Codex, Zed and others; --write writes them.',
    load: async () => (await import('./connect.ts')).connectCommand,
  },
  {
    name: 'run',
    summary: 'Start Claude Code, Codex and others through this gateway; nothing is written.',
    load: async () => (await import('./run-client.ts')).runClientCommand,
  },
  {
    name: 'doctor',
    summary: 'What is wrong with this installation, why, and what to do.',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'env',
    summary: 'Print variables that point SDKs and agents at this gateway.',
    load: async () => (await import('./env.ts')).envCommand,
  },
]
