import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/**
 * Networks that are not the public internet: the special-purpose registries of IANA (RFC 6890 and its updates), plus the
 * IPv6 forms that carry an IPv4 address inside and so could smuggle one (mapped, NAT64, 6to4, Teredo).
 */
const SPECIAL_NETWORKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const

/** The one block of IPv6 that is handed out, and the parts of it that are special all the same. */
const PUBLIC_IPV6 = '2000::/3'
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'] as const

/** Resolves a host name to its addresses. Rejects when there are none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>

/** Stand-ins for the system's resolver and for "the public internet". */
export interface PublicEgress {
  readonly resolveHost: ResolveHost
  readonly isAllowed: (address: string) => boolean
}

/** Where a checked URL leads. */
export interface Destination {
  readonly url: URL
  /** The address to connect to, not the name: a name may resolve differently the next time. */
  readonly address: string
}

/** Decides whether a URL that somebody else wrote may be called. */
export interface EgressGuard {
  /** Checks the URL, resolves its host and checks every address; undefined means no. Rejects when the name does not resolve. */
  check(url: string): Promise<Destination | undefined>
}

/** Creates a guard that lets through `https`, without user info, to public addresses only. */
export function createEgressGuard(egress?: PublicEgress): EgressGuard {
  const { resolveHost, isAllowed } = egress ?? {
    resolveHost: resolveWithSystem,
    isAllowed: createPublicAddressTest(),
  }
  return {
    async check(text) {
      if (!URL.canParse(text)) return undefined
      const url = new URL(text)
      if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined
      const host = url.hostname.replace(/^\[|\]$/g, '')
      const addresses = isIP(host) === 0 ? await resolveHost(host) : [host]
      const [address] = addresses
      if (address === undefined || !addresses.every(isAllowed)) return undefined
      return { url, address }
    },
  }
}

async function resolveWithSystem(host: string): Promise<string[]> {
  const answers = await lookup(host, { all: true })
  return answers.map((answer) => answer.address)
}

/** Creates the test for addresses of the public internet; anything that is not an address fails it. */
export function createPublicAddressTest(): (address: string) => boolean {
  const special = new BlockList()
  for (const network of SPECIAL_NETWORKS) addNetwork(special, network, 'ipv4')
  const specialIpv6 = new BlockList()
  for (const network of SPECIAL_IPV6) addNetwork(specialIpv6, network, 'ipv6')
  const publicIpv6 = new BlockList()
  addNetwork(publicIpv6, PUBLIC_IPV6, 'ipv6')
  return (address) => {
    const version = isIP(address)
    if (version === 4) return !special.check(address, 'ipv4')
    if (version !== 6 || address.includes('%')) return false
    return publicIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6')
  }
}

function addNetwork(list: BlockList, network: string, type: 'ipv4' | 'ipv6'): void {
  const slash = network.indexOf('/')
  list.addSubnet(network.slice(0, slash), Number(network.slice(slash + 1)), type)
}
