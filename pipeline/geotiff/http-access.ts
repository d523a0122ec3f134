/**
 * Which addresses rasters may be read from. A name is resolved once and the connection goes to the address that was checked, so
 * that a second answer of the DNS changes nothing.
 */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { BadInput } from '../errors.ts';

export interface HttpAccess {
  /**
   * Undefined: a person typed the address and may read any. Else the operator's list: origins (`https://data.example.fr`), and
   * bare addresses (`10.0.0.5`) of the private network which the names of those origins may have.
   */
  origins?: string[];
}

export interface PinnedAddress {
  address: string;
  family: 4 | 6;
}

export const isUrl = (path: string) => /^https?:\/\//i.test(path);

/** The address without its query, which may hold a signature, and without what stands for a password. */
export function shownUrl(path: string): string {
  if (!isUrl(path) || !URL.canParse(path)) return path;
  const { origin, pathname, search } = new URL(path);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}

/** Throws `BadInput` for an address that may not be read by what is written in it; no name is resolved. */
export function checkUrl(path: string, access: HttpAccess): URL {
  if (!URL.canParse(path)) throw new BadInput(`${path.slice(0, 200)}: no address; wanted https://…`);
  const url = new URL(path);
  if (url.username !== '' || url.password !== '') {
    throw new BadInput(`${shownUrl(path)}: a user or password is in the address; wanted one that is open or signed`);
  }
  if (access.origins !== undefined) {
    if (access.origins.includes(url.origin)) return url;
    throw new BadInput(`${shownUrl(path)}: ${url.origin} is not among the origins the operator allows`);
  }
  if (url.protocol === 'https:' || isLoopbackName(url.hostname)) return url;
  throw new BadInput(`${shownUrl(path)}: http found, https wanted (http is for this machine only)`);
}

/** Resolves the host of a checked address. Throws `BadInput` for a private address that the operator has not listed. */
export async function pinAddress(url: URL, access: HttpAccess): Promise<PinnedAddress> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = await lookup(host, { all: true });
  const [first] = found;
  if (first === undefined) throw new Error('no address');
  const listed = (address: string) => isIP(host) !== 0 || isLoopbackName(host) || access.origins!.includes(address);
  const closed =
    access.origins === undefined ? undefined : found.find(({ address }) => isPrivate(address) && !listed(address));
  if (closed === undefined) return { address: first.address, family: first.family === 6 ? 6 : 4 };
  throw new BadInput(
    `${shownUrl(url.href)}: its name has a private address, which the operator has not listed beside its origin`,
  );
}

const isLoopbackName = (host: string) => host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** Networks that are not the public internet: IANA's special-purpose registries. IPv4 in IPv6 (::ffff:…) counts as IPv4. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96], // unspecified, loopback, and IPv4 written the old way
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** True for addresses of this machine, of private networks, and of none. */
export const isPrivate = (address: string) => PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
