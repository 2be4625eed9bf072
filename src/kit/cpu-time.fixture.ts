/** Milliseconds of processor time that an act takes: what else the machine does adds nothing to it. */
export function cpuMsOf(act: () => void): number {
  const began = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1_000
}
