import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type App, createApp, openStore, timeOrderedIds } from '../../../src/main/core/app.ts'
import type { Clock, DevicePrivateKey, LogParams, Resources, ShellPorts } from '../../../src/main/core/ports.ts'
import type { Store } from '../../../src/main/core/storage/store.ts'
import { createFetchTransport } from '../../../src/main/devices/machine/fetch-transport.ts'
import { loadResources } from '../../../src/main/devices/machine/load-resources.ts'
import { sha256, systemClock } from '../../../src/main/devices/machine/system-ports.ts'
import type { CommandInput, CommandName, CommandOutput } from '../../../src/shared/contract/commands.ts'
import type { AppEvent } from '../../../src/shared/contract/events.ts'
import type { Result } from '../../../src/shared/domain/result.ts'
import { shippedPacks } from '../shipped-rules.ts'

/** Segments and rules as shipped. */
export const testResources: Resources = {
  ...(await loadResources(fileURLToPath(new URL('../../../resources', import.meta.url)))),
  packs: shippedPacks,
}

/** A number of Shanxi in the table shipped for trying out. */
export const remoteNumber = (() => {
  const segment = [...testResources.segments.provinces].find(([, province]) => province === '14')![0]
  return (last: number) => segment + String(last).padStart(4, '0')
})()

export interface Counter {
  app: App
  store: Store
  folder: string
  events: AppEvent[]
  logged: { level: string; code: string; params: LogParams | undefined }[]
  clock: Clock & { shift(milliseconds: number): void }
  call<N extends CommandName>(name: N, input?: CommandInput<N>): Promise<Result<CommandOutput<N>>>
  /** The same, but anything that is not a success fails the test with its code. */
  done<N extends CommandName>(name: N, input?: CommandInput<N>): Promise<CommandOutput<N>>
  raw(name: unknown, input: unknown): Promise<Result<unknown>>
  /** Closes and opens again on the same folder and key. */
  reopen(): Promise<Counter>
  close(): Promise<void>
}

interface Opening {
  folder: string
  key: Uint8Array
  deviceKey: { value?: DevicePrivateKey }
}

/** A real core on a real store in a temporary folder, talking to `serviceUrl` over real HTTP. */
export async function openCounter(
  serviceUrl: string,
  changes: Partial<ShellPorts> = {},
  opening: Opening = {
    folder: mkdtempSync(join(tmpdir(), 'counter-')),
    key: crypto.getRandomValues(new Uint8Array(32)),
    deviceKey: {},
  },
): Promise<Counter> {
  const logged: Counter['logged'] = []
  const log = (level: string) => (code: string, params?: LogParams) => {
    logged.push({ level, code, params })
  }
  let shifted = 0
  const clock = {
    now: () => systemClock.now() + shifted,
    sleep: systemClock.sleep,
    shift(milliseconds: number) {
      shifted += milliseconds
    },
  }
  let language: 'zh-CN' | 'en' = 'zh-CN'
  let store: Store | undefined
  const opened = await createApp({
    version: '0.0.0-test',
    profile: 'live',
    clock,
    ids: timeOrderedIds,
    random: () => 0,
    sha256,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    settings: {
      read: () => ({ language }),
      async write(preferences) {
        language = preferences.language
      },
    },
    secrets: {
      readDeviceKey: async () => opening.deviceKey.value,
      async writeDeviceKey(key) {
        opening.deviceKey.value = key
      },
    },
    transport: createFetchTransport(serviceUrl),
    async openStore(migrations) {
      const result = await openStore({
        folder: join(opening.folder, 'store'),
        key: opening.key,
        migrations,
        worker: new URL('../../../src/main/core/storage/store-worker.ts', import.meta.url),
        now: () => Date.now(),
      })
      if (result.ok) store = result.value
      return result
    },
    resources: { segments: testResources.segments },
    ...changes,
  })
  if (!opened.ok) throw new Error(opened.error.code)
  const app = opened.value
  const events: AppEvent[] = []
  app.on((event) => events.push(event))
  const raw = (name: unknown, input: unknown) => app.dispatch({ name: name as string, input }, { shell: 'browser' })
  const call = ((name: string, input: unknown = {}) => raw(name, input)) as Counter['call']
  return {
    app,
    store: store!,
    folder: opening.folder,
    events,
    logged,
    clock,
    raw,
    call,
    async done(name, input) {
      const result = await call(name, input)
      if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`)
      return result.value
    },
    async reopen() {
      await app.close()
      return openCounter(serviceUrl, changes, opening)
    },
    async close() {
      await app.close()
      rmSync(opening.folder, { recursive: true, force: true })
    },
  }
}

/** Waits until something holds, for at most ten seconds. */
export async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`never happened: ${look}`)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}
