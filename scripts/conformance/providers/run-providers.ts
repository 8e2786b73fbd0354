import { randomInt, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { paymentPort } from '../../../service/src/connectors/ports/payment.ts'
import { renewalPort } from '../../../service/src/connectors/ports/renewal.ts'
import { openConversation } from '../conversation.ts'
import { type CheckResult, tryAll } from '../run-checks.ts'
import { paymentChecks, paymentFixturesSchema, simulatedPaymentFixtures } from './payment.ts'
import { renewalChecks, renewalFixturesSchema, simulatedRenewalFixtures } from './renewal.ts'

export const providerPorts = ['payment', 'renewal'] as const
export type ProviderPort = (typeof providerPorts)[number]

export interface ProviderRun {
  url: string
  /** Where the fixtures lie; absent: those of the product's own simulators. */
  fixturesFile?: string | undefined
  /** A number in use, from the simulators' directory. */
  numberInUse?: string | undefined
  deadlineMs: number
  patienceMs: number
  readOnly: boolean
  only?: readonly string[]
}

async function read<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  const parsed = schema.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Tries an implementation of the payment or renewal port; results as of `runChecks`. Throws when the fixtures are wrong. */
export async function runProviderChecks(name: ProviderPort, run: ProviderRun): Promise<CheckResult[]> {
  const { url, deadlineMs, patienceMs, fixturesFile } = run
  const common = { patienceMs, newId: randomUUID, now: Date.now }
  if (name === 'payment') {
    const fixtures = fixturesFile
      ? await read(paymentFixturesSchema, fixturesFile)
      : simulatedPaymentFixtures(Date.now(), () => String(randomInt(100_000, 999_999)))
    const system = openConversation(url, deadlineMs, paymentPort)
    return tryAll(paymentChecks, { ...common, system, port: paymentPort, fixtures }, run)
  }
  const fixtures = fixturesFile
    ? await read(renewalFixturesSchema, fixturesFile)
    : simulatedRenewalFixtures(run.numberInUse)
  const system = openConversation(url, deadlineMs, renewalPort)
  return tryAll(renewalChecks, { ...common, system, port: renewalPort, fixtures }, run)
}
