// A lower bound on the watts any placement needs: no packing, however clever, can draw less.
import { powerAt, type PowerTable } from '../power.ts';

export type HostKind = {
  /** How many hosts of the kind there are. */
  readonly count: number;
  readonly mips: number;
  readonly ramMB: number;
  readonly power: PowerTable;
};

/** What all VMs together need at one instant. */
export type Need = { readonly ramMB: number; readonly mips: number };

/** Prices of one MB and one MIPS in watts. */
type Prices = { readonly ram: number; readonly mips: number };

/**
 * Weak duality. Let the hosts that are on be used at u_h, and let them hold all RAM and serve all MIPS. For any prices
 * r, c >= 0:
 *
 *   sum over hosts on of P_h(u_h) >= r * ramMB + c * mips + sum over hosts on of [P_h(u_h) - r * ram_h - c * mips_h * u_h]
 *                                 >= r * ramMB + c * mips + sum over all hosts of min(0, min over u of [...])
 *
 * because what the hosts on offer is at least what is needed, and leaving out a host or choosing another u only lowers the
 * bracket. Nothing is assumed about P beyond being linear between the tenths, so its least bracket is at a tenth. VMs may
 * be split at will here; a real placement can only draw more.
 */
const dual = (kinds: readonly HostKind[], need: Need, price: Prices): number => {
  let watts = price.ram * need.ramMB + price.mips * need.mips;
  for (const kind of kinds) watts += kind.count * Math.min(0, leastBracket(kind, price.mips) - price.ram * kind.ramMB);
  return watts;
};

/** min over u of P(u) - c * mips * u: what a host costs beyond the MIPS it sells. */
const leastBracket = (kind: HostKind, mipsPrice: number): number =>
  Math.min(...kind.power.map((_, tenth) => powerAt(kind.power, tenth / 10) - (mipsPrice * kind.mips * tenth) / 10));

/** The best RAM price for a MIPS price is one at which some kind of host just pays for itself. */
const bestForMipsPrice = (kinds: readonly HostKind[], need: Need, mips: number): number => {
  const ramPrices = kinds.map((kind) => Math.max(0, leastBracket(kind, mips) / kind.ramMB));
  return Math.max(...[0, ...ramPrices].map((ram) => dual(kinds, need, { ram, mips })));
};

/** Halvings of the search interval; the result is a valid bound whatever their number, only slightly lower. */
const HALVINGS = 60;

/**
 * The greatest lower bound of this kind on the watts that serve a need; the bound is concave in the MIPS price, so a
 * search by thirds finds its top.
 */
export const wattsBound = (kinds: readonly HostKind[], need: Need): number => {
  let low = 0;
  let high = Math.max(...kinds.map((kind) => kind.power.at(-1)! / (kind.mips / 10)));
  for (let i = 0; i < HALVINGS; i++) {
    const a = low + (high - low) / 3;
    const b = high - (high - low) / 3;
    if (bestForMipsPrice(kinds, need, a) < bestForMipsPrice(kinds, need, b)) low = a;
    else high = b;
  }
  return bestForMipsPrice(kinds, need, (low + high) / 2);
};
