import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { portOption, programFailure, WrongCall } from '../shared/command-line.ts'
import { translate } from '../shared/i18n/translate.ts'
import { startCounter } from './node/start-counter.ts'

const usage = `counterfoil: the counter without Electron, served to a browser on this machine
  --data DIR            folder of this counter (required)
  --service URL         address of the central service (required)
  --port N              port on 127.0.0.1; any free one when absent
  --enrolment-code CODE enrols this device at its first start; several, separated by commas, are tried in turn
  --capture URL         address of the capture station
  --renderer DIR        built page; beside this program when absent
  --resources DIR       segments and rules; beside this program when absent`

/** Beside the built bundle (out/main/serve.js) or in the sources (src/main/serve.ts). */
function beside(built: string, source: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? source : built, import.meta.url)
}

function version(): string {
  const { version } = JSON.parse(readFileSync(beside('../../package.json', '../../package.json'), 'utf8'))
  return String(version)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      service: { type: 'string' },
      port: { type: 'string', default: '0' },
      'enrolment-code': { type: 'string' },
      capture: { type: 'string' },
      renderer: { type: 'string' },
      resources: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(usage)
  if (!values.data || !values.service) throw new WrongCall('--data and --service are needed')
  if (!/^https?:$/.test(URL.parse(values.service)?.protocol ?? ''))
    throw new WrongCall(`--service is the address of the central service, not ${values.service}`)
  const port = portOption('port', values.port)
  const counter = await startCounter({
    version: version(),
    dataFolder: values.data,
    serviceUrl: values.service,
    port,
    rendererFolder: values.renderer ?? fileURLToPath(beside('../renderer', '../../out/renderer')),
    resourcesFolder: values.resources ?? fileURLToPath(beside('../../resources', '../../resources')),
    storeWorker: beside('./store-worker.js', './core/storage/store-worker.ts'),
    enrolmentCodes: values['enrolment-code']?.split(',') ?? [],
    ...(values.capture ? { captureUrl: values.capture } : {}),
  })
  if (!counter.ok) {
    const { code, params } = counter.error
    console.log(JSON.stringify({ ready: false, error: { code, params } }))
    console.error(translate('zh-CN', `error.${code}`, params))
    console.error(translate('en', `error.${code}`, params))
    process.exit(1)
  }
  let closing = false
  const close = () => {
    if (closing) return
    closing = true
    counter.value.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', close)
  process.on('SIGTERM', close)
  // Started by another program over a channel: ends with it, even if it is killed.
  if (process.connected) process.on('disconnect', close)
  console.log(JSON.stringify({ ready: true, url: counter.value.url, open: counter.value.openUrl }))
}

try {
  await main()
} catch (error) {
  const { text, exitCode } = programFailure(error, usage)
  console.error(text)
  process.exit(exitCode)
}
