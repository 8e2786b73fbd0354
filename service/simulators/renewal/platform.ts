import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { RenewalAnswer, RenewalRequest, RenewalState } from '../../src/connectors/wire/renewal.ts'
import { hashText } from '../base/random.ts'
import { type Outcome, refused, refusedOutcome } from '../bss/system.ts'
import data from '../data/renewal.json' with { type: 'json' }
import type { Provider } from '../payment/provider.ts'

const settings = z
  .object({
    notCovered: z.array(z.string()),
    behaviours: z.array(
      z.object({ share: z.number(), refusal: z.string().optional(), silentRounds: z.int().optional() }),
    ),
    pushedAfterSeconds: z.number(),
    answersWithinSeconds: z.number(),
    mostNumbers: z.int(),
  })
  .parse(data)

type AppAnswer = Extract<RenewalState, { result: 'ok' }>['numbers'][number]['apps'][number]

/** A fraction that is always the same for a number and an app. */
const fractionOf = (text: string): number => hashText(text) / 4294967296

function behaviourOf(msisdn: string, app: string) {
  let left = fractionOf(`${msisdn}/${app}/behaviour`)
  return settings.behaviours.find(({ share }) => {
    left -= share
    return left < 0
  })
}

/** What an app says of a number by now. */
function answerOf(
  { now, factor }: Provider,
  msisdn: string,
  { app, round }: { app: string; round: number },
  at: number,
): AppAnswer {
  const passed = (seconds: number) => now() - at >= seconds * 1000 * factor()
  if (!passed(settings.pushedAfterSeconds)) return { app, state: 'submitted', at: at as never }
  const after = settings.pushedAfterSeconds + fractionOf(`${msisdn}/${app}/wait`) * settings.answersWithinSeconds
  const answered = at + Math.round(after * 1000 * factor())
  if (settings.notCovered.includes(app)) return { app, state: 'notCovered', at }
  const behaviour = behaviourOf(msisdn, app)
  if (!passed(after) || (behaviour?.silentRounds ?? 0) >= round) return { app, state: 'pushed', at }
  return behaviour?.refusal
    ? { app, state: 'refused', reason: behaviour.refusal, at: answered }
    : { app, state: 'accepted', at: answered }
}

/** Why nothing is done for a number: somebody has it again, or it was ported. */
function standsAgainst(provider: Provider, msisdn: string): string | undefined {
  const { base, ended } = provider.world
  const line = base.line(msisdn)
  if (!line) return undefined
  if (!ended.has(msisdn)) return 'NUMBER_IN_USE'
  return line.carrier === line.prefixCarrier ? undefined : 'PORTED_NUMBER_UNSUPPORTED'
}

/** Takes a submission in and passes it on to the apps, once per `renewalId`. */
export function takeRenewal(provider: Provider, request: RenewalRequest): Outcome<RenewalAnswer> {
  const { renewal } = provider.world
  const earlier = renewal.renewals.get(request.renewalId)
  const notEligible = request.numbers.flatMap(({ msisdn }) => {
    const code = standsAgainst(provider, msisdn)
    return code ? [{ msisdn, code }] : []
  })
  if (earlier)
    return isDeepStrictEqual(earlier.renewal, request)
      ? { answer: { result: 'ok', receivedAt: earlier.at, notEligible }, events: [] }
      : refusedOutcome('DUPLICATE_RENEWAL')
  if (request.numbers.length > settings.mostNumbers)
    return refusedOutcome('TOO_MANY_NUMBERS', { limit: settings.mostNumbers })
  const at = provider.now()
  return {
    answer: { result: 'ok', receivedAt: at, notEligible },
    events: [{ type: 'renewalTaken', at, renewal: request, notEligible }],
  }
}

/** What each app has said of each number of a submission. */
export function renewalState(provider: Provider, renewalId: string): RenewalState {
  const record = provider.world.renewal.renewals.get(renewalId)
  if (!record) return refused('UNKNOWN_RENEWAL')
  return {
    result: 'ok',
    numbers: record.taken.map(({ msisdn, apps }) => ({
      msisdn: msisdn as never,
      apps: apps.map((app) => answerOf(provider, msisdn, app, record.at)),
    })),
  }
}
