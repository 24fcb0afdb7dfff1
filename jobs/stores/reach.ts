/** Which machines a store may stand on, where those who type in its address do not run the machine that goes there. */
import { lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { because } from '../recovery-points/finding-codes.ts';
import { isPublicAddress } from './public-address.ts';
import { StoreError } from './store.ts';

/** Where clouds tell a machine its own secrets, and what leads to no machine: never, whatever is allowed. */
const NEVER = new BlockList();
NEVER.addSubnet('0.0.0.0', 8, 'ipv4');
NEVER.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER.addSubnet('224.0.0.0', 3, 'ipv4');
NEVER.addSubnet('fe80::', 10, 'ipv6');
NEVER.addSubnet('ff00::', 8, 'ipv6');
NEVER.addAddress('::', 'ipv6');
NEVER.addAddress('fd00:ec2::254', 'ipv6');

/** A host that is not public is reached only where it is named: `nas.example.lan`, `*.example.lan`, `10.0.0.0/8`. */
export class Reach {
  readonly #names: string[] = [];
  readonly #networks = new BlockList();

  /** Throws `RangeError` for what is neither a name nor a network. */
  constructor(privateHosts: readonly string[]) {
    for (const host of privateHosts) this.#add(host.toLowerCase());
  }

  /** Throws `StoreError` where the host may not be reached. That a name is not known is for the connection to say. */
  check(host: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.lookup(bare(host), { all: true }, (error) =>
      error instanceof StoreError ? reject(error) : resolve(),
    );
    return promise;
  }

  /** For sockets: the address that is connected to is the one that was looked at. */
  readonly lookup: LookupFunction = (host, options, answer) => {
    if (isIP(host)) return this.#answer(host, [{ address: host, family: isIP(host) }], options, answer);
    resolveName(host, { ...options, all: true }, (error, found) => {
      if (error) answer(error, '', 0);
      else this.#answer(host, found, options, answer);
    });
  };

  #answer(
    host: string,
    found: { address: string; family: number }[],
    { all }: { all?: boolean | undefined },
    answer: Parameters<LookupFunction>[2],
  ): void {
    const [first] = found;
    if (!first || !found.every(({ address }) => this.#isAllowed(host, address))) answer(refusal(host), '', 0);
    else if (all) answer(null, found);
    else answer(null, first.address, first.family);
  }

  #isAllowed(host: string, address: string): boolean {
    const plain = unmapped(address);
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (NEVER.check(plain, family)) return false;
    return isPublicAddress(plain) || this.#networks.check(plain, family) || this.#isNamed(host);
  }

  #isNamed(host: string): boolean {
    const name = host.toLowerCase().replace(/\.$/, '');
    return this.#names.some((one) => (one.startsWith('*.') ? name.endsWith(one.slice(1)) : name === one));
  }

  #add(host: string): void {
    const [address = '', bits] = host.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) && bits === undefined) this.#networks.addAddress(address, family);
    else if (isIP(address) && /^\d{1,3}$/.test(bits!))
      this.#networks.addSubnet(address, Number(bits), family);
    else if (bits === undefined && /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host))
      this.#names.push(host);
    else throw new RangeError(`"${host}" is neither a name nor a network.`);
  }
}

const bare = (host: string) => host.replace(/^\[|\]$/g, '');

/** An IPv4 address written as one of IPv6 leads to the same machine. */
function unmapped(address: string): string {
  const [, dotted] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (dotted) return dotted;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (!high || !low) return address;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join('.');
}

const refusal = (host: string) =>
  new StoreError(
    'wrong-address',
    because('store.host-not-allowed', { host }),
    `${host} stands in a private network, which this installation does not reach for stores. Whoever runs it can name it in PRIVATE_HOSTS.`,
  );
