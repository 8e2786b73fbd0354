import type { Device } from '../../shared/protocol/device.ts'
import type { Connection } from './connection.ts'
import type { Emitter } from './emitter.ts'
import type { MetaValue } from './meta.ts'
import type { Outbox } from './outbox/outbox.ts'
import type { Ports } from './ports.ts'
import type { RuleCache } from './rules/rule-cache.ts'
import type { DeviceProof } from './service-client/device-proof.ts'
import type { ServiceClient } from './service-client/service-client.ts'
import type { SessionKeeper } from './session-keeper.ts'
import type { Store } from './storage/store.ts'

/** The parts of a running counter, handed to every command. */
export interface Context {
  ports: Ports
  store: Store
  events: Emitter
  session: SessionKeeper
  connection: Connection
  proof: DeviceProof
  service: ServiceClient
  outbox: Outbox
  rules: RuleCache
  /** Asks the service for its rules now; true when all it has published is here. */
  fetchRules(): Promise<boolean>
  /** The device as enrolled; undefined before. */
  device(): Device | undefined
  /** What this counter found out when its disk had been set back to an older state. */
  setBack(): MetaValue<'setBack'> | undefined
  enrolled(device: Device): void
}
