import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { shanghaiDate } from '../../src/shared/domain/calendar.ts'
import { lockFolder } from '../src/database/folder-lock.ts'
import { generateSubscribers } from './base/generate.ts'
import { readPrefixes, repositoryResources } from './base/prefixes.ts'
import type { SubscriberBase } from './base/subscriber.ts'
import { type Journal, memoryJournal, openJournal } from './bss/journal.ts'
import { createLedger } from './bss/ledger.ts'
import { createWorld } from './bss/world.ts'
import { importSubscribers } from './csv/import.ts'
import { createControl } from './faults/settings.ts'
import { buildServer } from './server.ts'
import { createInboundLine, type InboundAddress } from './sms/inbound.ts'

export { generateSubscribers } from './base/generate.ts'
export { exportSubscribers } from './csv/export.ts'

export interface SimulatorOptions {
  /** 0 or absent: a free port. */
  port?: number
  host: '127.0.0.1'
  /** Decides who lives in the try-out world and which numbers they have. */
  seed: string
  /** UTC milliseconds; bills and agreements are laid out around its date at the start. */
  today: () => number
  /** Where changes are kept; absent: they end with the process. */
  dataFolder?: string
  /** A folder of CSV files to load instead of generating a base. */
  subscribersFolder?: string
  /** The product's resources; absent: those of the repository. */
  resourcesFolder?: string
}

export interface RunningSimulators {
  urls: {
    /** With `{carrier}` and `{province}` to fill in. */
    bssTemplate: string
    sms: string
    face: string
    payment: string
    renewal: string
    capture: string
    directory: string
    control: string
  }
  /** Tells the message port where to bring replies and delivery reports. */
  connectInbound(address: InboundAddress | undefined): void
  close(): Promise<void>
}

/** Thrown when a CSV folder cannot be loaded; every problem names file, line and column. */
export class SubscribersInvalid extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`subscribers cannot be loaded:\n${problems.join('\n')}`)
    this.problems = problems
  }
}

/**
 * Starts the outside world as real HTTP servers on one port: 31 × 4 home-province systems, SMS, face comparison, the
 * capture station, a directory of people to try with, and the control of latency and faults.
 */
export async function startSimulators(options: SimulatorOptions): Promise<RunningSimulators> {
  const resources = options.resourcesFolder ?? repositoryResources
  const { base, baseId } = loadBase(options, resources)
  const stopwatch = (): number => performance.now()
  const world = createWorld(base, stopwatch)
  let journal: Journal = memoryJournal()
  const ledger = createLedger(world, () => journal)
  const unlock = options.dataFolder ? lockFolder(options.dataFolder) : () => undefined
  const release = async (): Promise<void> => {
    await journal.close()
    unlock()
  }
  const inbound = createInboundLine(Date.now)
  const server = buildServer({
    world,
    ledger,
    inbound,
    control: createControl(),
    seed: options.seed,
    now: options.today,
    stopwatch,
  })
  try {
    if (options.dataFolder) journal = await openJournal(options.dataFolder, baseId, ledger.replay)
    await server.listen({ port: options.port ?? 0, host: options.host })
  } catch (error) {
    await release()
    throw error
  }
  const address = server.server.address() as AddressInfo
  const root = `http://${options.host}:${address.port}`
  return {
    urls: {
      bssTemplate: `${root}/bss/{carrier}/{province}`,
      sms: `${root}/sms`,
      face: `${root}/face`,
      payment: `${root}/payment`,
      renewal: `${root}/renewal`,
      capture: `${root}/capture`,
      directory: root,
      control: `${root}/control`,
    },
    connectInbound: (address) => inbound.connect(address),
    close: async () => {
      inbound.close()
      await server.close()
      await release()
    },
  }
}

function loadBase(options: SimulatorOptions, resources: string): { base: SubscriberBase; baseId: string } {
  if (options.subscribersFolder === undefined) {
    const prefixes = readPrefixes(resources).prefixes
    return {
      base: generateSubscribers(options.seed, shanghaiDate(options.today()), prefixes),
      baseId: `seed:${options.seed}`,
    }
  }
  const imported = importSubscribers(options.subscribersFolder)
  if (!imported.ok) throw new SubscribersInvalid(imported.problems)
  const identity = createHash('sha256')
  for (const line of imported.base.lines) identity.update(line.msisdn)
  return { base: imported.base, baseId: `csv:${identity.digest('hex').slice(0, 16)}` }
}
