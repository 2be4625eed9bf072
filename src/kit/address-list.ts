import { BlockList, isIP } from 'node:net'

const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i
const BITS = { 4: 32, 6: 128 } as const

/** Is this an IP address, or a network such as `10.0.0.0/8` or `2001:db8::/32`? */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if ((version !== 4 && version !== 6) || address.includes('%') || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= BITS[version])
}

/**
 * Creates the test whether an address is one of some, or lies in one of some networks. What is no address does not, nor does anything where a
 * network cannot be read; IPv4 that comes as IPv6 (`::ffff:10.0.0.1`) is IPv4.
 */
export function createAddressTest(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks.filter(isNetwork)) {
    const [address = '', prefix] = network.split('/')
    const type = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) list.addAddress(address, type)
    else list.addSubnet(address, Number(prefix), type)
  }
  return (text) => {
    const address = text.replace(MAPPED, '')
    const version = isIP(address)
    return version !== 0 && !address.includes('%') && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}
