import { join, resolve } from 'node:path'
import { type App, createApp, openStore, timeOrderedIds } from '../../../src/main/core/app.ts'
import type { DevicePrivateKey, ShellPorts, Transport } from '../../../src/main/core/ports.ts'
import { createFetchTransport } from '../../../src/main/devices/machine/fetch-transport.ts'
import { loadResources } from '../../../src/main/devices/machine/load-resources.ts'
import { sha256, systemClock } from '../../../src/main/devices/machine/system-ports.ts'

const worker = new URL('../../../src/main/core/storage/store-worker.ts', import.meta.url)
const counterKey = Buffer.alloc(32, 7)

/** A counter as the shells start it, with real ports but for the key, which lives in memory. */
export function startCounter(folder: string, serviceUrl: string): Promise<App> {
  return counterOn(folder, createFetchTransport(serviceUrl))
}

/** The same over another transport. */
export async function counterOn(folder: string, transport: Transport): Promise<App> {
  let key: DevicePrivateKey | undefined
  const complain = (code: string, params?: object) => {
    console.error(code, params ?? '')
  }
  const ports: ShellPorts = {
    version: '0',
    profile: 'live',
    clock: systemClock,
    ids: timeOrderedIds,
    random: Math.random,
    sha256,
    log: { info: () => {}, warn: complain, error: complain },
    settings: { read: () => ({ language: 'zh-CN' }), write: async () => {} },
    secrets: {
      readDeviceKey: async () => key,
      writeDeviceKey: async (made) => {
        key = made
      },
    },
    transport,
    openStore: (migrations) =>
      openStore({ folder: join(folder, 'store'), key: counterKey, migrations, worker, now: Date.now }),
    resources: await loadResources(resolve(import.meta.dirname, '../../../resources')),
  }
  const app = await createApp(ports)
  if (!app.ok) throw new Error(`the counter did not start: ${app.error.code}`)
  return app.value
}

/** Calls a command; a refusal is a mistake of the benchmark. */
export async function ask<T = unknown>(app: App, name: string, input: unknown = {}): Promise<T> {
  const result = await app.dispatch({ name, input }, { shell: 'browser' })
  if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`)
  return result.value as T
}
