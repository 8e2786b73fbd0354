import { ok, type Result } from '../../shared/domain/result.ts'
import type { Device } from '../../shared/protocol/device.ts'
import { enrol } from './commands/enrol.ts'
import { createConnection } from './connection.ts'
import type { Context } from './context.ts'
import { type Call, type Caller, dispatch } from './dispatch.ts'
import { createEmitter, type Listener } from './emitter.ts'
import { readMeta } from './meta.ts'
import { createOutbox, type Outbox } from './outbox/outbox.ts'
import { longestOfflineDelayMs, retryDelayMs } from './outbox/retry-policy.ts'
import type { Ports, ShellPorts } from './ports.ts'
import { openRuleCache } from './rules/rule-cache.ts'
import { createRuleSync } from './rules/rule-sync.ts'
import { migrations } from './schema/migrations.ts'
import { createDeviceProof } from './service-client/device-proof.ts'
import { createChangeFollower } from './service-client/follow-changes.ts'
import { createServiceClient } from './service-client/service-client.ts'
import { createSessionKeeper } from './session-keeper.ts'
import { readKept } from './sync/read-kept.ts'
import { createReconciler, type Reconciler } from './sync/reconcile.ts'
import { createSyncLoop } from './sync/sync-loop.ts'

export { timeOrderedIds } from './identifiers.ts'
export { openStore } from './storage/store.ts'

/** A running counter. The shells know nothing else of it. */
export interface App {
  dispatch(call: Call, caller: Caller): Promise<Result<unknown>>
  /** Listens to events; returns the function that ends listening. */
  on(listener: Listener): () => void
  /** Settles what is under way and closes the store. */
  close(): Promise<void>
}

/**
 * Opens the store and starts outbox and change feed. Errors, all before anything was changed: `store.locked`,
 * `store.newerSchema`, `store.wrongKey`, `store.diskFull`, `store.unreadable`.
 */
export async function createApp(given: ShellPorts): Promise<Result<App>> {
  const opened = await given.openStore(migrations)
  if (!opened.ok) return { ok: false, error: opened.error }
  const store = opened.value
  const rules = await openRuleCache(store, given)
  const ports: Ports = {
    ...given,
    // Looked up whenever it is asked for: rules arrive while the counter runs.
    resources: {
      ...given.resources,
      get packs() {
        return rules.packs()
      },
    },
  }
  await readKept(store, ports)
  const events = createEmitter(ports.log)
  const session = await createSessionKeeper(store, ports, events)
  const connection = createConnection({ clock: ports.clock, session: () => session, events })
  const proof = createDeviceProof(ports)
  const service = createServiceClient({ ports, proof, session, connection })
  let setBack = await readMeta(store, 'setBack')
  const reconciler: Reconciler = createReconciler({
    ports,
    store,
    service,
    reopened: (lanes) => outbox.reopened(lanes),
    betweenRounds: (work) => outbox.betweenRounds(work),
    setBack(found) {
      setBack = found
    },
  })
  const stopping = new AbortController()
  const ruleSync = createRuleSync({ ports, store, service, events, cache: rules, signal: stopping.signal })
  const outbox: Outbox = createOutbox({
    ports,
    store,
    service,
    session,
    connection,
    events,
    reconcile: () => reconciler.run(),
    bringBack: (caseIds) => reconciler.bringBack(caseIds),
  })
  const sync = createSyncLoop({
    ports,
    store,
    service,
    follow: createChangeFollower({ ports, proof, session, connection }),
    session,
    events,
    reconciler,
    serviceTime: (now) => outbox.serviceTime(now),
    rulesTold: (setDigest) => ruleSync.told(setDigest),
  })
  let device: Device | undefined = await readMeta(store, 'device')
  const context: Context = {
    ports,
    store,
    events,
    session,
    connection,
    proof,
    service,
    outbox,
    rules,
    fetchRules: () => ruleSync.fetch(),
    device: () => device,
    setBack: () => setBack,
    enrolled(next) {
      device = next
    },
  }
  let offline = false
  events.on((event) => {
    if (event.name === 'session.changed') connection.refresh()
    const back = event.name === 'connection.changed' && offline && event.payload.state !== 'offline'
    if (event.name === 'connection.changed') offline = event.payload.state === 'offline'
    // Whoever notices first that the service answers again ends everybody's wait.
    if (!back && !(event.name === 'session.changed' && event.payload.signedIn)) return
    outbox.wake()
    sync.wake()
  })
  await outbox.start()
  sync.start()
  const enrolling = device ? Promise.resolve() : enrolFromConfiguration(context, stopping.signal)
  // Enrolled before there were rules, or some were set aside just now: not worth waiting for the next change.
  const missing = device && (await readMeta(store, 'rulesSetDigest')) === undefined
  const fetching = missing ? ruleSync.fetch().catch(() => false) : undefined
  ports.log.info('app.started', { version: ports.version, profile: ports.profile, store: store.opening.state })
  return ok({
    dispatch: (call, caller) => dispatch(context, call, caller),
    on: (listener) => events.on(listener),
    async close() {
      stopping.abort()
      await Promise.all([outbox.stop(), sync.stop(), enrolling, fetching])
      await store.close()
      ports.log.info('app.closed')
    },
  })
}

/** Enrols with a code the shell was given, waiting for a service that is still starting. A used code makes room for the next. */
async function enrolFromConfiguration(context: Context, signal: AbortSignal): Promise<void> {
  const { ports } = context
  const codes = [...(ports.enrolmentCodes ?? [])]
  for (let attempt = 1; codes.length > 0 && !signal.aborted && !context.device(); attempt += 1) {
    const result = await enrol(context, codes[0]!, 'configuration').catch(() => undefined)
    if (result?.ok) return
    const again = !result || result.error.code.startsWith('connection.')
    ports.log.warn('device.enrolmentFailed', { error: result?.error.code, again })
    if (again) await ports.clock.sleep(retryDelayMs(attempt, ports.random(), longestOfflineDelayMs), signal)
    else codes.shift()
  }
}
