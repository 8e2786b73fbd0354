import { fileURLToPath } from 'node:url'
import { type RunningSimulators, startSimulators } from '../../service/simulators/index.ts'
import type { ServiceConfigInput } from '../../service/src/settings/service-config.ts'
import { type RunningService, type ServicePorts, startService } from '../../service/src/start.ts'

const resource = (path: string) => fileURLToPath(new URL(`../../resources/${path}`, import.meta.url))

import type { Asker } from '../../src/shared/domain/asker.ts'
import type { AttachmentView } from '../../src/shared/protocol/attachment-views.ts'

/** Waiting times small enough for tests; everything else as in earnest. */
export const quickTiming = {
  reviewPollSeconds: 0.3,
  refundPollSeconds: 0.5,
  refundForgottenSeconds: 1,
  renewalPollSeconds: 0.5,
  retryFirstSeconds: 0.3,
  retryLongestSeconds: 1.5,
  sweepSeconds: 1,
  stuckAfterSeconds: 3,
  stepNetSeconds: 2,
  outsideTimeoutMs: 5000,
  changesPollMs: 50,
}

/** The configuration of a service that talks to these simulators. */
export function configFor(
  simulators: RunningSimulators,
  database: ServiceConfigInput['database'],
  changes: Partial<ServiceConfigInput> = {},
): ServiceConfigInput {
  const { bssTemplate, sms, face, payment, renewal } = simulators.urls
  return {
    database,
    connectors: {
      homeBssUrlTemplate: bssTemplate,
      smsUrl: sms,
      faceUrl: face,
      paymentUrl: payment,
      renewalUrl: renewal,
    },
    files: {
      prefixes: resource('segments/prefixes.json'),
      provinces: resource('segments/provinces.csv'),
      rulePacks: resource('rule-packs'),
      renewal: resource('renewal/policy.json'),
      organisation: resource('trial/organisation.json'),
    },
    logLevel: 'silent',
    ...changes,
    timing: { ...quickTiming, ...changes.timing },
  }
}

export interface DirectoryEntry {
  msisdn: string
  carrier: 'CMCC' | 'CUCC' | 'CTCC' | 'CBN'
  province: string
  scenario: string
  available: boolean
  person: {
    id: string
    name: string
    identificationType: string
    identificationId: string
    issuingAuthority: string
    validFrom: string | null
    validTo: string | null
  }
  servicePassword: string
  oftenCalledNumbers: string[]
  /** Who may come in place of the holder. */
  actors: { asker: Asker; relation: string; person: DirectoryEntry['person'] }[]
}

/** The simulated outside world with what a test wants to see of it and do to it. */
export async function startOutsideWorld() {
  const simulators = await startSimulators({ host: '127.0.0.1', seed: 'service-tests', today: Date.now })
  const root = simulators.urls.directory
  const taken = new Set<string>()
  const world = {
    simulators,
    /** Changes latency, faults, the pace of reviews, or who stands at the counter. */
    async control(change: object) {
      const response = await fetch(`${root}/control`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change),
      })
      if (!response.ok) throw new Error(`control: ${await response.text()}`)
    },
    /** Somebody in a circumstance whom no test has had before, away from the given province. */
    async someone(
      scenario: string,
      filter: { notProvince?: string; inProvince?: string; carrier?: string } = {},
    ): Promise<DirectoryEntry> {
      const response = await fetch(`${root}/directory.json?scenario=${encodeURIComponent(scenario)}&limit=1000`)
      const entries = (await response.json()) as DirectoryEntry[]
      const entry = entries.find(
        (one) =>
          one.available &&
          !taken.has(one.msisdn) &&
          (filter.inProvince ? one.province === filter.inProvince : one.province !== (filter.notProvince ?? '44')) &&
          (!filter.carrier || one.carrier === filter.carrier),
      )
      if (!entry) throw new Error(`nobody left in ${scenario}`)
      taken.add(entry.msisdn)
      return entry
    },
    async messagesTo(msisdn: string): Promise<{ text: string; template: string }[]> {
      return (await (await fetch(`${simulators.urls.sms}/messages?to=${msisdn}`)).json()) as []
    },
    /** Takes a number's phone in hand and replies; answers what the service made of it. */
    async replyFrom(msisdn: string, text: string): Promise<string | undefined> {
      const response = await fetch(`${simulators.urls.sms}/replies`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ from: msisdn, text }),
      })
      return ((await response.json()) as { outcome?: string }).outcome
    },
    /** A photograph of the person (or of the document of the number last asked for), as the counter's camera takes it. */
    async photograph(person: string, view: Exclude<AttachmentView, 'signed-form'>): Promise<Buffer> {
      await world.control({ counter: { person } })
      const response = await fetch(`${simulators.urls.capture}/snapshot?view=${view}`)
      if (!response.ok) throw new Error(`photograph: ${response.status}`)
      return Buffer.from(await response.arrayBuffer())
    },
    close: () => simulators.close(),
  }
  return world
}
export type OutsideWorld = Awaited<ReturnType<typeof startOutsideWorld>>

/** A service on a database, talking to a simulated outside world. */
export function startServiceOn(
  world: OutsideWorld,
  database: ServiceConfigInput['database'],
  changes: Partial<ServiceConfigInput> = {},
  ports: ServicePorts = {},
): Promise<RunningService> {
  return startService(configFor(world.simulators, database, changes), ports)
}
