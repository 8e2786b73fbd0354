import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fail, ok, type Result } from '../../shared/domain/result.ts'
import { createApp, openStore, timeOrderedIds } from '../core/app.ts'
import { createHttpCaptureStation } from '../devices/capture/http-capture-station.ts'
import { createFetchTransport } from '../devices/machine/fetch-transport.ts'
import { createFileLog } from '../devices/machine/file-log.ts'
import { loadResources } from '../devices/machine/load-resources.ts'
import { sha256, systemClock } from '../devices/machine/system-ports.ts'
import { createFileSettings } from './file-settings.ts'
import { startHttpHost } from './http-host.ts'
import { openKeyFile } from './key-file.ts'

export interface CounterOptions {
  version: string
  /** Everything this counter keeps; created when absent. */
  dataFolder: string
  serviceUrl: string
  rendererFolder: string
  resourcesFolder: string
  /** Address of the store's worker thread. */
  storeWorker: URL
  /** 0 takes any free port. */
  port: number
  /** Tried in turn at the first start. */
  enrolmentCodes: readonly string[]
  captureUrl?: string
}

export interface RunningCounter {
  /** What to open in a browser; carries the token of this run. */
  url: string
  /** The same for a program's command line, where others can read it: works once. */
  openUrl: string
  close(): Promise<void>
}

/** Starts a counter without Electron: the core, and a host for browsers on this machine. Errors: `store.*`. */
export async function startCounter(options: CounterOptions): Promise<Result<RunningCounter>> {
  const { dataFolder } = options
  const storeFolder = join(dataFolder, 'store')
  const log = createFileLog(join(dataFolder, 'logs'), systemClock.now)
  const resources = await loadResources(options.resourcesFolder)
  const keys = openKeyFile(dataFolder, storeFolder)
  if (!keys) return fail('store.wrongKey')
  const app = await createApp({
    version: options.version,
    profile: 'live',
    clock: systemClock,
    ids: timeOrderedIds,
    random: Math.random,
    sha256,
    log,
    settings: createFileSettings(dataFolder),
    secrets: keys.secrets,
    transport: createFetchTransport(options.serviceUrl),
    ...(options.captureUrl ? { captureStation: createHttpCaptureStation(options.captureUrl) } : {}),
    openStore: (migrations) =>
      openStore({
        folder: storeFolder,
        key: keys.storeKey,
        migrations,
        worker: options.storeWorker,
        now: systemClock.now,
        log: ({ level, code, params }) => log[level](code, params),
      }),
    resources,
    enrolmentCodes: options.enrolmentCodes,
  })
  if (!app.ok) return app
  const token = randomBytes(32).toString('base64url')
  const ticket = randomBytes(32).toString('base64url')
  try {
    const host = await startHttpHost({
      app: app.value,
      log,
      token,
      ticket,
      rendererFolder: options.rendererFolder,
      port: options.port,
    })
    return ok({
      url: `http://127.0.0.1:${host.port}/#token=${token}`,
      openUrl: `http://127.0.0.1:${host.port}/open/${ticket}`,
      async close() {
        await host.close()
        await app.value.close()
      },
    })
  } catch (error) {
    await app.value.close()
    throw error
  }
}
