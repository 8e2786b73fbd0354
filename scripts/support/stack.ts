import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, startChild } from './child.ts'
import { type CuttableProxy, startCuttableProxy } from './cuttable-proxy.ts'

/** The whole product as its own processes: service with simulators, a wire that can be cut, a counter. */
export interface Stack {
  serviceUrl: string
  /** Address of the operator's page of the running service, with its token. */
  operatorPage(): string
  simulators: { directory: string; sms: string; capture: string; control: string }
  wire: CuttableProxy
  /** Address of the counter's page, with the token of this run. */
  counterUrl(): string
  /** `kill -9`, as a power cut would. */
  killCounter(): Promise<void>
  startCounter(): Promise<void>
  killService(): Promise<void>
  startService(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts everything under `folder` on loopback ports of the machine's choice. `enrolmentCode` comes from the organisation file.
 * `databaseUrl` puts the service on a PostgreSQL instead of its embedded database.
 */
export async function startStack(options: {
  folder: string
  enrolmentCode: string
  serviceFlags?: string[]
  databaseUrl?: string | undefined
  /** Other timing of the service than its default, e.g. `{ reviewPollSeconds: 0.5 }`. */
  timing?: Record<string, number>
}): Promise<Stack> {
  const { folder } = options
  mkdirSync(folder, { recursive: true })
  const log = (name: string) => join(folder, `${name}.log`)
  let servicePort = '0'
  let counterPort = '0'
  let service: Child | undefined
  let counter: Child | undefined
  let serviceSays: Record<string, unknown> = {}
  let counterSays: Record<string, unknown> = {}

  async function startService() {
    const args = [
      // Devices sign the address they call, so the service must know the one it is called by.
      '--public-url',
      wire.url,
      '--simulators',
      '--organisation',
      'resources/trial/organisation.json',
      '--data',
      join(folder, 'service'),
      '--port',
      servicePort,
    ]
    service = startChild(
      process.execPath,
      ['service/src/main.ts', ...args, ...(options.serviceFlags ?? [])],
      log('service'),
      {
        ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
        ...(options.timing ? { SERVICE_TIMING: JSON.stringify(options.timing) } : {}),
      },
    )
    serviceSays = await service.ready
    servicePort = new URL(String(serviceSays.url)).port
  }
  const wire = await startCuttableProxy(() => String(serviceSays.url))
  await startService()
  const simulators = () => serviceSays.simulators as Stack['simulators']

  async function startCounter() {
    const args = ['--data', join(folder, 'counter'), '--service', wire.url, '--port', counterPort]
    const trial = ['--enrolment-code', options.enrolmentCode, '--capture', simulators().capture]
    counter = startChild(process.execPath, ['out/main/serve.js', ...args, ...trial], log('counter'))
    counterSays = await counter.ready
    counterPort = new URL(String(counterSays.url)).port
  }
  await startCounter()

  return {
    serviceUrl: String(serviceSays.url),
    operatorPage: () => String(serviceSays.operator),
    get simulators() {
      return simulators()
    },
    wire,
    counterUrl: () => String(counterSays.url),
    killCounter: () => counter!.stop('SIGKILL'),
    startCounter,
    killService: () => service!.stop('SIGKILL'),
    startService,
    async stop() {
      await counter?.stop()
      await wire.close()
      await service?.stop()
    },
  }
}
