import { join } from 'node:path'
import { type Child, startChild } from '../../scripts/support/child.ts'
import { quickTiming } from '../support/service-world.ts'

/** Starts a build's own service program, with its own resources, on a database and an outside world that are there. */
export async function serviceOfBuild(
  build: string,
  log: string,
  where: { databaseUrl: string; urls: Record<string, string> },
): Promise<Child & { url: string }> {
  const { urls } = where
  const flags = ['--port', '0', '--organisation', join(build, 'resources/trial/organisation.json')]
  const child = startChild(
    process.execPath,
    [join(build, 'service/src/main.ts'), ...flags, '--log-level', 'warn'],
    log,
    {
      DATABASE_URL: where.databaseUrl,
      HOME_BSS_URL_TEMPLATE: urls.bssTemplate!,
      SMS_URL: urls.sms!,
      FACE_URL: urls.face!,
      PAYMENT_URL: urls.payment!,
      RENEWAL_URL: urls.renewal!,
      // Builds refuse no timing that they do not know.
      SERVICE_TIMING: JSON.stringify(quickTiming),
      SERVICE_HOUSEKEEPING: JSON.stringify({ everySeconds: 1 }),
    },
  )
  const { url } = await child.ready
  return { ...child, url: String(url) }
}
