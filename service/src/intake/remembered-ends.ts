import type { ChainHead } from '../audit/append-audit.ts'
import type { SetDelivery } from './delivery.ts'
import type { KnownDevice } from './note-sequence.ts'
import type { OpenSet } from './open-set.ts'
import { type KnownStaff, staffOf } from './staff-of-jobs.ts'
import type { SetRows } from './write-set.ts'

/**
 * Where the devices' numbers and the audit chains ended when this process wrote them last, so that the next set need not be looked at
 * first. Nothing rests on it: whoever writes a set by it has it checked by the statement that writes, and looks when it was wrong.
 */
export interface RememberedEnds {
  /** All a set of nothing but new jobs has to be judged by; undefined when any of it must be looked at. */
  recall(deliveries: readonly SetDelivery[]): OpenSet | undefined
  /** Takes note of what was found when it was looked at. */
  found(opened: OpenSet): void
  /** Takes note of what a set has left behind. */
  left(opened: OpenSet, rows: SetRows): void
  /** What was recalled for these was no longer so: it is looked at until it is found again as it was left. */
  doubt(deliveries: readonly SetDelivery[]): void
}

interface Entry<Known> {
  known: Known
  /** It was found as it had been left: nobody else seems to be at it. */
  sure: boolean
}

/** Most entries of each kind; some hundred bytes each. Whoever is crowded out is looked at again. */
const mostRemembered = 20_000

function keep<Value>(entries: Map<string, Value>, name: string, value: Value): void {
  entries.delete(name)
  entries.set(name, value)
  if (entries.size > mostRemembered) entries.delete(entries.keys().next().value!)
}

function isSameDevice(one: KnownDevice, other: KnownDevice): boolean {
  return one.highest_sequence === other.highest_sequence && one.accepted_jobs === other.accepted_jobs
}

const isSameEnd = (one: ChainHead, other: ChainHead) => one.sequence === other.sequence && one.hash === other.hash

/** Creates the memory of one process. */
export function createRememberedEnds(): RememberedEnds {
  const devices = new Map<string, Entry<KnownDevice>>()
  const chains = new Map<string, Entry<ChainHead>>()
  const people = new Map<string, KnownStaff>()

  /** A repeated or late job, or one of somebody unknown, has to be looked at. */
  function isPlain({ device, set }: SetDelivery): boolean {
    const known = devices.get(device.deviceId)
    if (!known?.sure || !chains.get(device.storeId)?.sure) return false
    return set.every(({ envelope }) => envelope.sequence > known.known.highest_sequence && people.has(envelope.staffId))
  }

  return {
    recall(deliveries) {
      if (!deliveries.every(isPlain)) return undefined
      const stores = new Set(deliveries.map(({ device }) => device.storeId))
      const staff = new Set(deliveries.flatMap(({ set }) => set.map(({ envelope }) => envelope.staffId)))
      return {
        burnt: new Set(deliveries.flatMap(({ proof }) => proof?.hash ?? [])),
        devices: new Map(deliveries.map(({ device }) => [device.deviceId, devices.get(device.deviceId)!.known])),
        heads: [...stores].map((store) => chains.get(store)!.known),
        people: [...staff].map((id) => people.get(id)!),
        staff: staffOf([...staff].map((id) => people.get(id)!)),
        earlier: () => undefined,
      }
    },
    found(opened) {
      for (const known of opened.devices.values()) {
        const before = devices.get(known.device_id)
        keep(devices, known.device_id, { known, sure: before !== undefined && isSameDevice(before.known, known) })
      }
      for (const known of opened.heads) {
        const before = chains.get(known.chain)
        keep(chains, known.chain, { known, sure: before !== undefined && isSameEnd(before.known, known) })
      }
      for (const known of opened.people) keep(people, known.staff_id, known)
    },
    left(opened, rows) {
      for (const { id, highest, accepted } of rows.accounts) {
        const known = { ...opened.devices.get(id)!, highest_sequence: highest, accepted_jobs: accepted }
        keep(devices, id, { known, sure: devices.get(id)?.sure ?? false })
      }
      for (const known of rows.tails) keep(chains, known.chain, { known, sure: chains.get(known.chain)?.sure ?? false })
    },
    doubt(deliveries) {
      for (const { device, set } of deliveries) {
        const [own, chain] = [devices.get(device.deviceId), chains.get(device.storeId)]
        if (own) own.sure = false
        if (chain) chain.sure = false
        for (const { envelope } of set) people.delete(envelope.staffId)
      }
    },
  }
}
