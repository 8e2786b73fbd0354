import { join, resolve } from 'node:path'
import { type Child, startChild } from '../../../scripts/support/child.ts'

const product = resolve(import.meta.dirname, '../../..')
const nobody = 'http://127.0.0.1:9'

export interface BenchService extends Child {
  /** Where it listens. */
  url: string
}

/**
 * The service as a carrier runs it: the command itself, in processes of its own. Addresses outside lead nowhere: no order is submitted in
 * a benchmark, so nobody is ever asked. `BENCH_PROFILE` names a folder for processor profiles, written when the service is stopped politely.
 */
export async function startBenchService(
  databaseUrl: string,
  folder: string,
  options: { organisation?: string; processes?: number } = {},
): Promise<BenchService> {
  const { organisation = join(product, 'resources/trial/organisation.json'), processes = 1 } = options
  const profile = process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []
  const args = ['--port', '0', '--organisation', organisation, '--processes', String(processes), '--log-level', 'error']
  const child = startChild(
    process.execPath,
    [...profile, join(product, 'service/src/main.ts'), ...args],
    join(folder, 'service.log'),
    {
      DATABASE_URL: databaseUrl,
      HOME_BSS_URL_TEMPLATE: `${nobody}/{carrier}/{province}`,
      ...{ SMS_URL: nobody, FACE_URL: nobody, PAYMENT_URL: nobody, RENEWAL_URL: nobody },
    },
  )
  return { ...child, url: String((await child.ready).url) }
}
