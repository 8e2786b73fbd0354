import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startSimulators } from '../../service/simulators/index.ts'
import { configFromCommandLine } from '../../service/src/settings/command-line.ts'
import { startService } from '../../service/src/start.ts'

/** The service with the simulators it talks to, in one process of its own; tells its parent the addresses and ends with it. */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    organisation: { type: 'string' },
    port: { type: 'string', default: '0' },
    'simulators-port': { type: 'string', default: '0' },
    'log-level': { type: 'string', default: 'info' },
  },
})

const simulators = await startSimulators({
  host: '127.0.0.1',
  port: Number(values['simulators-port']),
  seed: 'counterfoil',
  today: Date.now,
  dataFolder: join(values.data!, 'simulators'),
})
const { bssTemplate: homeBssUrlTemplate, sms: smsUrl, face: faceUrl } = simulators.urls
const service = await startService(
  configFromCommandLine({ ...values, data: join(values.data!, 'database') }, process.env, {
    homeBssUrlTemplate,
    smsUrl,
    faceUrl,
  }),
)

let closing = false
function close() {
  if (closing) return
  closing = true
  service
    .close()
    .then(() => simulators.close())
    .then(
      () => process.exit(0),
      () => process.exit(1),
    )
}
process.on('SIGINT', close)
process.on('SIGTERM', close)
process.on('disconnect', close)
console.log(JSON.stringify({ ready: true, url: service.url, simulators: simulators.urls }))
