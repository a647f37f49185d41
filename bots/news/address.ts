import ipaddr from 'ipaddr.js';

/** Whether an address belongs to the open internet: not to this machine, not to a network behind it, not to a cloud's own services. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in the clothes of an IPv6 one is looked at as what it is.
  return ipaddr.process(address).range() === 'unicast';
}
