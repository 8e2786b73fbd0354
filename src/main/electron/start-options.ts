import { parseArgs } from 'node:util'

/** What the counter is told at its start, on the command line or by the environment. */
export interface StartOptions {
  serviceUrl: string | undefined
  dataFolder: string | undefined
  captureUrl: string | undefined
  enrolmentCodes: readonly string[]
}

/** Reads `--service`, `--data`, `--capture`, `--enrolment-code`; Chromium's own switches are ignored. */
export function readStartOptions(
  args: readonly string[],
  environment: Record<string, string | undefined>,
): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      service: { type: 'string' },
      data: { type: 'string' },
      capture: { type: 'string' },
      'enrolment-code': { type: 'string' },
    },
  })
  const text = (name: string, variable: string) => {
    const value = values[name]
    return typeof value === 'string' ? value : environment[variable]
  }
  return {
    serviceUrl: text('service', 'COUNTERFOIL_SERVICE_URL'),
    dataFolder: text('data', 'COUNTERFOIL_DATA'),
    captureUrl: text('capture', 'COUNTERFOIL_CAPTURE_URL'),
    enrolmentCodes: text('enrolment-code', 'COUNTERFOIL_ENROLMENT_CODE')?.split(',') ?? [],
  }
}
