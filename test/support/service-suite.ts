import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import type { OpenDatabase } from '../../service/src/database/open-database.ts'
import { openDatabase } from '../../service/src/database/open-database.ts'
import type { ServiceConfigInput } from '../../service/src/settings/service-config.ts'
import type { RunningService } from '../../service/src/start.ts'
import { type CounterClient, createCounterClient } from './counter-client.ts'
import { chengduClerk, clerk } from './counter-journey.ts'
import { preparePgliteFolder } from './pglite.ts'
import { type PostgresCluster, startPostgres } from './postgres.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from './service-world.ts'

export interface Suite {
  kind: 'PGlite' | 'PostgreSQL'
  world: OutsideWorld
  service: RunningService
  /** Enrolled as device 3 号台 of the store in Shenzhen, the clerk signed in. */
  counter: CounterClient
  /** The same in the store in Chengdu. */
  chengdu: CounterClient
  database: ServiceConfigInput['database']
  /** A second look at the same PostgreSQL; PGlite lets only one in, so the suite there asks the service itself. */
  look?: OpenDatabase
  /** Closes the service and starts it again on the same data. */
  restart(between?: () => Promise<void>): Promise<void>
}

/** Codes of the devices that tests enrol, one each. */
export const enrolment = {
  first: 'HQB3-7K2M-9QXT',
  second: 'HQB2-5M8R-2ZTC',
  third: 'HQB1-4T7Q-9KXM',
  chengdu: 'CXL1-2H6K-8MNQ',
  wuhan: 'GGA1-7QXZ-3LDF',
}

/** Runs one suite on both databases: an embedded PGlite and a real PostgreSQL. */
export function onBothDatabases(name: string, define: (suite: () => Suite) => void): void {
  for (const kind of ['PGlite', 'PostgreSQL'] as const)
    describe(`${name} on ${kind}`, () => {
      let suite: Suite
      let cluster: PostgresCluster | undefined
      let folder: string | undefined
      beforeAll(async () => {
        const world = await startOutsideWorld()
        await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
        cluster = kind === 'PostgreSQL' ? await startPostgres() : undefined
        folder = await mkdtemp(join(tmpdir(), 'counterfoil-service-'))
        if (!cluster) await preparePgliteFolder(folder)
        const database: ServiceConfigInput['database'] = cluster
          ? { kind: 'postgres', url: await cluster.createDatabase() }
          : { kind: 'pglite', folder }
        const service = await startServiceOn(world, database)
        const counter = await createCounterClient(service.url)
        await counter.enrol(enrolment.first)
        await counter.signIn(clerk.staffId, clerk.password)
        const chengdu = await createCounterClient(service.url)
        await chengdu.enrol(enrolment.chengdu)
        await chengdu.signIn(chengduClerk.staffId, chengduClerk.password)
        const look = cluster ? await openDatabase({ ...database, poolSize: 3 } as never) : undefined
        suite = {
          kind,
          world,
          service,
          counter,
          chengdu,
          database,
          ...(look ? { look } : {}),
          async restart(between) {
            await suite.service.close()
            await between?.()
            suite.service = await startServiceOn(world, database)
            counter.moveTo(suite.service.url)
            chengdu.moveTo(suite.service.url)
          },
        }
      })
      afterAll(async () => {
        await suite?.service.close()
        await suite?.look?.close()
        await suite?.world.close()
        await cluster?.stop()
        if (folder) await rm(folder, { recursive: true, force: true })
      })
      define(() => suite)
    })
}
