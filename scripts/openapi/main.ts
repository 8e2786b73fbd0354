/**
 * `npm run openapi`: writes docs/openapi/<port>.json, one document per outside system, from the schemas the service itself uses.
 * A test fails when they are stale.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApiOf } from '../../service/src/connectors/ports/openapi.ts'
import { ports } from '../../service/src/connectors/ports/ports.ts'

if (process.argv.length > 2) {
  console.error('npm run openapi takes no arguments; it writes docs/openapi')
  process.exit(2)
}
const folder = join(import.meta.dirname, '../../docs/openapi')
mkdirSync(folder, { recursive: true })
for (const port of ports) {
  writeFileSync(join(folder, `${port.name}.json`), `${JSON.stringify(openApiOf(port), null, 2)}\n`)
  console.log(`docs/openapi/${port.name}.json  ${port.operations.length} operations`)
}
