import type { NumberAnswer } from './account.ts'
import type { Case } from './case.ts'

/** Whose line it is and where, as far as anybody has said: the operator, or the service of a case found again there, or else the prefix. */
export function lineOf({ preCheck, number, recalled, segment }: Case): Pick<NumberAnswer, 'carrier' | 'homeProvince'> {
  const told = preCheck?.account.number ?? number ?? recalled
  return told ?? { carrier: segment.prefixCarrier, homeProvince: segment.homeProvince }
}
