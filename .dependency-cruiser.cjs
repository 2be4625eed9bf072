/**
 * The walls of the house (ARCHITECTURE.md, "Floors"). A room imports only from floors below; siblings never import each
 * other. Type imports count. `test/house/walls.test.ts` plants violations and checks that this gate refuses them.
 *
 * Rooms that are still to come (evals) have their floor already.
 */
const FLOORS = [
  ['kit'],
  ['exchange'],
  ['dialects', 'pricing', 'store', 'telemetry'],
  ['ledger', 'routing', 'verifying', 'experiments', 'guardrails', 'caching', 'identity'],
  ['providers', 'policies'],
  ['gateway'],
  ['config', 'server', 'drills', 'insight', 'alerts', 'clients', 'evals'],
  ['admin'],
  ['boot'],
  ['cli'],
  ['main'],
]

const room = (name) => ({ boot: '^src/boot(/|\\.ts$)', main: '^src/main\\.ts$' })[name] ?? `^src/${name}/`
const TESTS = '\\.test\\.ts$'
const FIXTURES = '\\.fixture\\.ts$'

/** One rule per room below the roof: everything on its own floor and above is out of reach, except itself. */
const floorRules = FLOORS.slice(0, -1).flatMap((rooms, floor) =>
  rooms.map((name) => ({
    name: `floor-${floor}-${name}`,
    severity: 'error',
    comment: `${name}/ stands on floor ${floor}: it may import from floors below only.`,
    from: { path: room(name), pathNot: TESTS },
    to: {
      path: FLOORS.slice(floor)
        .flat()
        .filter((other) => other !== name)
        .map(room),
    },
  })),
)

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'A circle, types included, means that two rooms are one.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'policies-know-no-wire',
      severity: 'error',
      comment: 'A policy that knows a provider or a dialect is the beginning of a branch per vendor.',
      from: { path: '^src/policies/', pathNot: TESTS },
      to: { path: ['^src/dialects/', '^src/providers/', '^src/pricing/'] },
    },
    {
      name: 'dialects-know-no-dialect',
      severity: 'error',
      comment: 'What two dialects share stands beside them in dialects/ or below in kit/.',
      from: { path: '^src/dialects/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/dialects/[^/]+/', pathNot: '^src/dialects/$1/' },
    },
    {
      name: 'drivers-know-no-driver',
      severity: 'error',
      comment: 'A store driver stands alone; only open-store.ts and boot name one.',
      from: { path: '^src/store/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/store/[^/]+/', pathNot: '^src/store/$1/' },
    },
    {
      name: 'ports-not-drivers',
      severity: 'error',
      comment: 'Everybody uses the ports of store.ts; drivers are opened in one place.',
      from: { path: '^src/', pathNot: ['^src/store/', room('boot'), TESTS] },
      to: { path: '^src/store/(memory|sqlite|postgres|redis)/' },
    },
    ...[{ dependencyTypes: ['core'] }, { path: '^bun(:|$)' }].map((platform) => ({
      name: 'platform-stays-at-the-edges',
      severity: 'error',
      comment:
        'Only kit, store drivers, server, cli, boot and main touch the platform; the rest is plain TypeScript over web types.',
      from: { path: '^src/', pathNot: ['^src/(kit|store|server|cli)/', room('boot'), room('main'), TESTS] },
      to: platform,
    })),
    {
      name: 'house-needs-no-scaffold',
      severity: 'error',
      comment: 'Tests, benches and scripts import the house, never the other way round.',
      from: { path: '^src/', pathNot: [TESTS, FIXTURES] },
      to: { path: ['^test/', '^bench/', '^scripts/', TESTS, FIXTURES] },
    },
    {
      name: 'screens-know-the-api-alone',
      severity: 'error',
      comment:
        'The dashboard knows of the house what the admin API answers; those types are made from its document.',
      from: { path: '^dashboard/' },
      to: { path: ['^src/', '^test/', '^scripts/'] },
    },
    {
      name: 'house-knows-no-screens',
      severity: 'error',
      comment: 'The gateway serves the dashboard as files that are made of it.',
      from: { path: '^src/' },
      to: { path: '^dashboard/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A file that nobody imports is not part of the house.',
      from: { orphan: true, path: '^src/', pathNot: [TESTS, '^src/main\\.ts$', '-worker\\.ts$'] },
      to: {},
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '^bun' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.cjs', '.mjs', '.json'],
      // Some packages say only there what they are imported by.
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
}
