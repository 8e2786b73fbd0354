import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type OutsideWorld, quickTiming } from './service-world.ts'

const main = fileURLToPath(new URL('../../service/src/main.ts', import.meta.url))
const organisation = fileURLToPath(new URL('../../resources/trial/organisation.json', import.meta.url))

export interface ServiceProcess {
  url: string
  pid: number
  /** Everything it has written so far, log and all. */
  output(): string
  /** The operators' page with its token; undefined without a token for it. */
  operatorPage(): string | undefined
  /** SIGKILL: nothing gets a chance to be put in order. */
  kill(): Promise<void>
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
}

function exited(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    else child.once('exit', (code) => resolve(code))
  })
}

/** The real service in a process of its own, on a PostgreSQL, talking to a simulated outside world. */
export async function startServiceProcess(
  world: OutsideWorld,
  databaseUrl: string,
  timing: object = {},
  options: { logLevel?: string; operationToken?: string; processes?: number; spawned?(pid: number): void } = {},
): Promise<ServiceProcess> {
  const { bssTemplate, sms, face, payment, renewal } = world.simulators.urls
  const { logLevel = 'error', operationToken } = options
  const args = [main, '--port', '0', '--organisation', organisation, '--log-level', logLevel]
  if (operationToken) args.push('--operation-port', '0')
  if (options.processes) args.push('--processes', String(options.processes))
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      HOME_BSS_URL_TEMPLATE: bssTemplate,
      SMS_URL: sms,
      FACE_URL: face,
      PAYMENT_URL: payment,
      RENEWAL_URL: renewal,
      ...(operationToken ? { OPERATION_TOKEN: operationToken } : {}),
      SERVICE_TIMING: JSON.stringify({ ...quickTiming, ...timing }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  options.spawned?.(child.pid!)
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /"ready":true,"url":"(http:[^"]+)"/.exec(output)
      if (found) resolve(found[1]!)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => reject(new Error(`the service did not start: ${output}`)))
  })
  return {
    url,
    pid: child.pid!,
    output: () => output,
    operatorPage: () => /"operator":"([^"]+)"/.exec(output)?.[1],
    async kill() {
      child.kill('SIGKILL')
      await exited(child)
    },
    async stop() {
      child.kill('SIGTERM')
      return exited(child)
    },
  }
}
