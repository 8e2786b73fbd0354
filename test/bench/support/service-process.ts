import { fileURLToPath } from 'node:url'
import { startService } from '../../../service/src/start.ts'

/** A service in a process of its own: `node service-process.ts <database url> [organisation file]`. Says where it listens in one line of JSON. */
const resource = (path: string) => fileURLToPath(new URL(`../../../resources/${path}`, import.meta.url))
const nobody = 'http://127.0.0.1:9'

const service = await startService({
  database: { kind: 'postgres', url: process.argv[2]! },
  port: 0,
  // No order is submitted here, so nobody outside is ever asked.
  connectors: {
    homeBssUrlTemplate: `${nobody}/{carrier}/{province}`,
    smsUrl: nobody,
    faceUrl: nobody,
    paymentUrl: nobody,
    renewalUrl: nobody,
  },
  files: {
    prefixes: resource('segments/prefixes.json'),
    provinces: resource('segments/provinces.csv'),
    rulePacks: resource('rule-packs'),
    renewal: resource('renewal/policy.json'),
    organisation: process.argv[3] ?? resource('trial/organisation.json'),
  },
  logLevel: 'error',
})
process.on('SIGTERM', () => {
  service.close().then(() => process.exit(0))
})
// A benchmark that breaks off leaves nothing behind.
if (process.connected) process.on('disconnect', () => process.exit(1))
console.log(JSON.stringify({ ready: true, url: service.url }))
