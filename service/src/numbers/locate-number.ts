import type { NumberAnswer } from '../../../src/shared/domain/account.ts'
import { type Carrier, carrierSchema, type Province } from '../../../src/shared/domain/geography.ts'
import { parseMsisdn } from '../../../src/shared/domain/msisdn.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { lookUpSegment } from '../../../src/shared/domain/segments.ts'
import { technicalFailure, unexpectedRefusal } from '../connectors/failures.ts'
import type { ServiceContext } from '../service-context.ts'

/**
 * Home province and prefix carrier of a number that may be cancelled here: not a number of the handling province itself.
 * Errors: those of `parseMsisdn` and `lookUpSegment`, `number.notRemote`.
 */
export function findSegment(
  context: Pick<ServiceContext, 'segments'>,
  text: string,
  handlingProvince: Province,
): Result<{ msisdn: NumberAnswer['msisdn']; homeProvince: Province; prefixCarrier: Carrier }> {
  const msisdn = parseMsisdn(text)
  if (!msisdn.ok) return msisdn
  const segment = lookUpSegment(msisdn.value, context.segments)
  if (!segment.ok) return segment
  if (segment.value.homeProvince === handlingProvince) return fail('number.notRemote', { field: 'msisdn' })
  return ok({ msisdn: msisdn.value, ...segment.value })
}

/**
 * Asks the operators' systems who serves a number: first the carrier of the prefix, and after porting the one it names
 * (domain facts, chapter 8). Errors: those of `findSegment`, `number.notFound`, `home.unavailable`, `home.unexpectedAnswer`.
 */
export async function locateNumber(
  context: ServiceContext,
  text: string,
  handlingProvince: Province,
): Promise<Result<NumberAnswer>> {
  const segment = findSegment(context, text, handlingProvince)
  if (!segment.ok) return segment
  const { msisdn, homeProvince, prefixCarrier } = segment.value
  let carrier = prefixCarrier
  for (let hop = 0; hop < 2; hop += 1) {
    const answer = await context.homeBss.queryNumber({ carrier, province: homeProvince }, msisdn)
    if (answer.outcome === 'ok') {
      const { result: _result, ...number } = answer.value
      if (number.msisdn !== msisdn || number.homeProvince !== homeProvince) return unexpectedRefusal('OTHER_NUMBER')
      return ok(number)
    }
    if (answer.outcome !== 'refused') return technicalFailure(answer, 'bss')
    if (answer.code === 'NOT_FOUND') return fail('number.notFound', { field: 'msisdn' })
    const serving = carrierSchema.safeParse(answer.params.carrier)
    if (answer.code !== 'OTHER_CARRIER' || !serving.success) return unexpectedRefusal(answer.code)
    carrier = serving.data
  }
  return unexpectedRefusal('OTHER_CARRIER')
}
