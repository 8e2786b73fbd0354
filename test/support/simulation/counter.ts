import { createHash } from 'node:crypto'
import { type App, createApp } from '../../../src/main/core/app.ts'
import { writeCase } from '../../../src/main/core/cases/case-store.ts'
import type { DevicePrivateKey, ShellPorts } from '../../../src/main/core/ports.ts'
import { StoreError } from '../../../src/main/core/storage/errors.ts'
import { openLocalLink } from '../../../src/main/core/storage/local-link.ts'
import type { Store } from '../../../src/main/core/storage/store.ts'
import { createStore } from '../../../src/main/core/storage/store-client.ts'
import type { Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import { createFaultDisk, type FaultDisk, type PowerCut } from '../fault-file-system.ts'
import { writeSignedPacks } from '../signed-rules.ts'
import { type Chance, virtualUuid } from './chance.ts'
import { diskOfLife } from './counter-disk.ts'
import type { Draft } from './draft.ts'
import { type FlightCounts, watchFlights } from './flights.ts'
import type { Line } from './network.ts'
import type { Rules } from './rules.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

/** What came of a command: an answer, or nothing because the machine stopped first. */
export type Reply = { kind: 'answered'; result: Result<unknown> } | { kind: 'lost' }

/** A counter through all its lives: the real core on a disk and a line that fail. */
export interface Counter {
  name: string
  device: Device
  staff: Staff
  disk: FaultDisk
  line: Line
  /** What its clock says. */
  now(): number
  /** Milliseconds by which its clock is ahead of the truth. */
  clockAhead: number
  call(name: string, input: unknown): Promise<Reply>
  /** Writes down a case that is ready to be submitted, as the online part of the work left it. False when the disk refused. */
  keepDraft(draft: Draft): Promise<boolean>
  /** The store of the present life. */
  store(): Store | undefined
  /** Opens the folder and starts the core; tries again while the disk is full. */
  start(): void
  /** The machine stops now, and what the cut leaves is what the next life finds. */
  cutPower(): void
  /** Closes properly; resolves when closed. */
  close(): Promise<void>
  /** The world is over: nothing of this counter happens any more. */
  leave(): void
  /** Called after every successful start. */
  onStart: () => Promise<void>
  readonly lives: number
  readonly flights: Readonly<FlightCounts>
}

const storeKey = new Uint8Array(32).fill(7)
const deviceKey: DevicePrivateKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }

export interface CounterWorld {
  scheduler: Scheduler
  chance: Chance
  trace: Trace
  rules: Rules
  unexpected(what: string): void
}

/** Creates a counter that is not started yet. */
export function createCounter(
  about: { device: Device; staff: Staff; line: Line; jobsTogether: ShellPorts['jobsTogether'] | undefined },
  world: CounterWorld,
): Counter {
  const { scheduler, chance, trace } = world
  const name = about.device.deviceId
  const disk = createFaultDisk()
  const flights = watchFlights(about.line.transport)
  let life: Life | undefined
  let lives = 0

  interface Life {
    app?: App
    store?: Store
    ended: Set<() => void>
    /** Those who sleep in it. They are let go when it ends: Node keeps every joined signal that somebody listens to, and with it the world. */
    sleepers: Set<() => void>
    endDisk(): void
  }

  function cutOf(): PowerCut {
    const kind = chance.pick(['dropUnsynced', 'keepAll', 'scatter'] as const)
    return kind === 'scatter' ? { kind, keeps: () => chance.happens(0.5) } : { kind }
  }

  /** Nothing of this life is heard of again. */
  function fallSilent(current: Life) {
    life = undefined
    current.endDisk()
    about.line.hangUp()
    flights.stopped()
    for (const forget of current.sleepers) forget()
    current.sleepers.clear()
  }

  /** The life is over, whoever ended it; the machine comes back after a while. */
  function end(current: Life, cut: PowerCut) {
    if (life !== current) return
    fallSilent(current)
    disk.restart(cut)
    trace.note(name, 'stops', cut.kind)
    for (const ended of current.ended) ended()
    scheduler.after(chance.wait(8_000), () => counter.start())
  }

  function portsOf(current: Life, files: Parameters<typeof openLocalLink>[0]['files']): ShellPorts {
    const log = (level: string) => (code: string, params?: object) => {
      if (life !== current || level === 'info') return
      trace.note(name, code, JSON.stringify(params ?? {}))
      const text = JSON.stringify(params ?? {})
      if (code === 'command.threw' && !/store\./.test(text)) world.unexpected(`${name}: ${code} ${text}`)
      if (/roundFailed|sync\.failed|listenerFailed/.test(code) && !/StoreError/.test(text))
        world.unexpected(`${name}: ${code} ${text}`)
    }
    return {
      version: 'simulation',
      profile: 'live',
      clock: {
        now: () => counter.now(),
        sleep: (milliseconds, signal) =>
          new Promise((resolve) => {
            if (signal.aborted) return resolve()
            const forget = () => {
              cancel()
              signal.removeEventListener('abort', done)
              current.sleepers.delete(forget)
            }
            const done = () => {
              forget()
              // A sleeper of a life that is over is never woken.
              if (life === current) resolve()
            }
            const cancel = scheduler.after(milliseconds, done)
            signal.addEventListener('abort', done)
            // One who lies down after the end is forgotten as well, and at once.
            if (life === current) current.sleepers.add(forget)
            else forget()
          }),
      },
      ids: { uuid: () => virtualUuid(chance, counter.now()) },
      random: () => chance.next(),
      sha256: (content) => createHash('sha256').update(content).digest('hex'),
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      settings: { read: () => ({ language: 'zh-CN' }), write: async () => {} },
      secrets: { readDeviceKey: async () => deviceKey, writeDeviceKey: async () => {} },
      transport: {
        baseUrl: flights.transport.baseUrl,
        request: (request) => (life === current ? flights.transport.request(request) : new Promise(() => {})),
      },
      async openStore(migrations) {
        const opened = await openLocalLink({
          files,
          folder: '/data',
          key: storeKey,
          migrations,
          segmentBytes: 24 * 1024,
          snapshotAfter: { frames: 40, bytes: 40 * 1024, idleMs: 2_000 },
        })
        if (!opened.ok) return opened
        const { report } = opened.value
        trace.note(name, 'opens', report.state, report.generation, report.framesReplayed)
        if (report.state === 'damaged') world.unexpected(`${name}: a store nobody damaged is called damaged`)
        const store = createStore(
          opened.value.link,
          report,
          () => {},
          (entry) => trace.note(name, entry.code, JSON.stringify(entry.params)),
        )
        current.store = store
        // The rules its service signed, as they came with its enrolment.
        await store.transaction(async (tx) => writeSignedPacks(tx, world.rules.signed))
        return { ok: true, value: store }
      },
      resources: world.rules,
      ...(about.jobsTogether ? { jobsTogether: about.jobsTogether } : {}),
    }
  }

  async function open() {
    if (life) return
    const view = diskOfLife(
      disk,
      scheduler,
      () => chance.wait(3),
      () => end(current, cutOf()),
    )
    const current: Life = { ended: new Set(), sleepers: new Set(), endDisk: () => view.end() }
    life = current
    lives += 1
    let opened: Result<App> | undefined
    try {
      opened = await createApp(portsOf(current, view.files))
    } catch (error) {
      if (life === current && !isDiskTrouble(error)) world.unexpected(`${name}: opening threw ${String(error)}`)
    }
    if (life !== current) return
    if (!opened?.ok) {
      const error = opened?.error
      trace.note(name, 'does not open', error?.code ?? 'threw', error?.params?.reason)
      // A disk that refuses to be read is not the store's fault; anything else that keeps it from opening is.
      const isDisk = error?.code === 'store.diskFull' || /^E[A-Z]+$/.test(String(error?.params?.reason))
      if (error && !isDisk) world.unexpected(`${name}: does not open: ${error.code}`)
      end(current, { kind: 'keepAll' })
      return
    }
    current.app = opened.value
    await counter.onStart()
  }

  const counter: Counter = {
    name,
    ...about,
    disk,
    clockAhead: 0,
    now: () => scheduler.now() + counter.clockAhead,
    onStart: async () => {},
    get lives() {
      return lives
    },
    flights: flights.counts,
    store: () => (life?.app ? life.store : undefined),
    call(command, input) {
      const current = life
      if (!current?.app) return Promise.resolve({ kind: 'lost' })
      return new Promise((resolve) => {
        const lost = () => resolve({ kind: 'lost' })
        current.ended.add(lost)
        current.app!.dispatch({ name: command, input }, { shell: 'electron' }).then((result) => {
          current.ended.delete(lost)
          if (life === current) resolve({ kind: 'answered', result })
        })
      })
    },
    async keepDraft({ case: case_, papers }) {
      const current = life
      if (!current?.app || !current.store) return false
      const ports = { clock: { now: () => counter.now(), sleep: async () => {} }, resources: world.rules }
      const written = current.store.transaction(async (tx) => {
        await writeCase(tx, ports, case_)
        for (const { attachmentId, kind, mediaType, sha256, content } of papers)
          tx.run(
            'INSERT INTO attachment (attachment_id, case_id, kind, media_type, sha256, content, taken_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
            [attachmentId, case_.caseId, kind, mediaType, sha256, content, counter.now()],
          )
      })
      return new Promise((resolve) => {
        current.ended.add(() => resolve(false))
        written.then(
          () => resolve(true),
          () => resolve(false),
        )
      })
    },
    start: () => void open(),
    cutPower() {
      if (life) end(life, cutOf())
    },
    leave() {
      if (life) fallSilent(life)
    },
    async close() {
      const current = life
      if (!current?.app) return
      const { app } = current
      delete current.app
      await Promise.race([app.close(), new Promise<void>((resolve) => void current.ended.add(resolve))])
      if (life === current) end(current, { kind: 'dropUnsynced' })
    },
  }
  return counter
}

function isDiskTrouble(error: unknown): boolean {
  return (
    error instanceof StoreError || (error instanceof Error && /ENOSPC|EIO|ended before|is over/.test(error.message))
  )
}
