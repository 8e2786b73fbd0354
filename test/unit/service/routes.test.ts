import { describe, expect, it } from 'vitest'
import { createServer } from '../../../service/src/server/create-server.ts'
import { statusOf } from '../../../service/src/server/failures.ts'
import { accessOf } from '../../../service/src/server/route-table.ts'
import type { ServiceContext } from '../../../service/src/service-context.ts'
import { errorCodes } from '../../../src/shared/contract/errors.ts'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'

const silent = { info() {}, warn() {}, error() {} }
const context = { newId: () => 'x', log: silent } as unknown as ServiceContext

describe('routes', () => {
  it('have a row each, or the service does not start', async () => {
    const server = await createServer(context, () => ({ origins: [], windowMs: 0 }))
    expect(() => server.get('/v1/forgotten', async () => 'open to all')).toThrow('no row in the route table')
    await server.close()
  })

  it('are those of the contract', () => {
    for (const { method, path } of Object.values(serviceRoutes)) expect(accessOf(method, path)).toBeDefined()
  })

  it('are all described, for whoever writes another counter', async () => {
    const server = await createServer(context, () => ({ origins: [], windowMs: 0 }))
    await server.ready()
    const described = (await server.inject('/docs/json')).json() as { paths: Record<string, object> }
    for (const { path } of Object.values(serviceRoutes))
      expect(Object.keys(described.paths)).toContain(path.replace(/:(\w+)/g, '{$1}'))
    await server.close()
  })

  it('wait for nobody who sends a byte now and then', async () => {
    const { server } = await createServer(context, () => ({ origins: [], windowMs: 0 }))
    expect(server.requestTimeout).toBeGreaterThan(60_000)
    expect(server.requestTimeout).toBeLessThan(300_000)
    expect(server.headersTimeout).toBeLessThanOrEqual(60_000)
  })

  it('answer 5xx only for trouble of the service itself', () => {
    const trouble = errorCodes.filter((code) => statusOf(code) >= 500)
    expect(trouble.sort()).toEqual(['connection.busy', 'service.internal'])
  })
})
