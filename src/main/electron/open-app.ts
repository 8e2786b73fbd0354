import { join } from 'node:path'
import { fail, type Result } from '../../shared/domain/result.ts'
import { type App, createApp, openStore, timeOrderedIds } from '../core/app.ts'
import type { Log, Settings } from '../core/ports.ts'
import { createHttpCaptureStation } from '../devices/capture/http-capture-station.ts'
import { createFetchTransport } from '../devices/machine/fetch-transport.ts'
import { loadResources } from '../devices/machine/load-resources.ts'
import { sha256, systemClock } from '../devices/machine/system-ports.ts'
import { openSealedKeys } from './sealed-keys.ts'
import type { StartOptions } from './start-options.ts'

/** The core with the ports of this shell. Errors: `store.*`. */
export async function openApp(parts: {
  options: StartOptions & { serviceUrl: string }
  version: string
  dataFolder: string
  resourcesFolder: string
  storeWorker: URL
  log: Log
  settings: Settings
}): Promise<Result<App>> {
  const { options, dataFolder, log, settings } = parts
  const storeFolder = join(dataFolder, 'store')
  const resources = await loadResources(parts.resourcesFolder)
  const keys = openSealedKeys(dataFolder, storeFolder)
  if (!keys) return fail('store.wrongKey')
  return createApp({
    version: parts.version,
    profile: 'live',
    clock: systemClock,
    ids: timeOrderedIds,
    random: Math.random,
    sha256,
    log,
    settings,
    secrets: keys.secrets,
    transport: createFetchTransport(options.serviceUrl),
    ...(options.captureUrl ? { captureStation: createHttpCaptureStation(options.captureUrl) } : {}),
    openStore: (migrations) =>
      openStore({
        folder: storeFolder,
        key: keys.storeKey,
        migrations,
        worker: parts.storeWorker,
        now: systemClock.now,
        log: ({ level, code, params }) => log[level](code, params),
      }),
    resources,
    enrolmentCodes: options.enrolmentCodes,
  })
}
