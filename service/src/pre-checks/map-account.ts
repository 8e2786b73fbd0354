import { agreementTermsSchema, type HomeAccount, homeAccountSchema } from '../../../src/shared/domain/account.ts'
import { type Blocker, blockerSchema } from '../../../src/shared/domain/blocker.ts'
import type { WireAccount } from '../connectors/wire/home-bss.ts'
import { fenFromLi, namedLiToFen } from '../connectors/wire/li.ts'

function exactFen(li: number) {
  const amount = fenFromLi(li)
  if (amount === undefined) throw new RangeError(`not a whole number of fen: ${li} li`)
  return amount
}

/** The home system's account with its money in fen instead of li. Undefined when an amount is no whole number of fen. */
export function mapAccount(wire: WireAccount): HomeAccount | undefined {
  try {
    const { monthlyFeeLi, unbilledLi, depositLi, agreements, bills, buckets, ...rest } = wire
    return homeAccountSchema.parse({
      ...rest,
      monthlyFeeFen: exactFen(monthlyFeeLi),
      unbilledFen: exactFen(unbilledLi),
      depositFen: exactFen(depositLi),
      agreements: agreements.map((agreement) => ({
        ...agreement,
        terms: agreementTermsSchema.parse(namedLiToFen(agreement.terms)),
      })),
      bills: bills.map(({ amountLi, unpaidLi, ...bill }) => ({
        ...bill,
        amountFen: exactFen(amountLi),
        unpaidFen: exactFen(unpaidLi),
      })),
      buckets: buckets.map(({ remainingLi, ...bucket }) => ({ ...bucket, remainingFen: exactFen(remainingLi) })),
    })
  } catch {
    return undefined
  }
}

/**
 * The home system's blockers with their money in fen, also those no catalogue knows. Undefined when one cannot be read: none
 * may be lost.
 */
export function mapBlockers(
  wire: readonly { code: string; params: Record<string, string | number> }[],
): Blocker[] | undefined {
  try {
    return wire.map((blocker) => blockerSchema.parse({ code: blocker.code, params: namedLiToFen(blocker.params) }))
  } catch {
    return undefined
  }
}
