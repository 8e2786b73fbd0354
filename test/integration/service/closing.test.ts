import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startService } from '../../../service/src/start.ts'
import { configFor, startOutsideWorld } from '../../support/service-world.ts'

test('a connection that never asked anything does not keep the service from closing', async () => {
  const { simulators } = await startOutsideWorld()
  const service = await startService(configFor(simulators, { kind: 'memory' }))
  const { hostname, port } = new URL(service.url)
  const silent = connect(Number(port), hostname)
  await new Promise((resolve) => silent.once('connect', resolve))
  const gone = new Promise((resolve) => silent.once('close', resolve))
  const started = performance.now()
  await service.close()
  await gone
  expect(performance.now() - started).toBeLessThan(5_000)
  await simulators.close()
})
