import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { importOrganisation, readOrganisationFile } from '../../../service/src/seed/import-organisation.ts'
import { routeTable } from '../../../service/src/server/route-table.ts'
import { type CounterClient, createCounterClient, type ProofOverrides } from '../../support/counter-client.ts'
import { chengduClerk, chengduSupervisor, clerk, supervisor } from '../../support/counter-journey.ts'
import { everythingKept } from '../../support/everything-kept.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'
import { configFor } from '../../support/service-world.ts'

const passwords: Record<string, { staffId: string; password: string }> = {
  clerk,
  supervisor,
  trainer: { staffId: '100301', password: 'counter-trial-301' },
  auditor: { staffId: '100401', password: 'counter-trial-401' },
}

onBothDatabases('access', (suite) => {
  const code = async (response: Response) => ((await response.json()) as { error?: { code: string } }).error?.code

  it('enrols with a code once, and gives the same device to the same key', async () => {
    const { service } = suite()
    const counter = await createCounterClient(service.url)
    expect(await counter.enrol('WRONG-CODE-0000')).toMatchObject({ error: { code: 'device.enrolmentCode' } })
    const first = await counter.enrol(enrolment.third)
    expect(first).toMatchObject({ ok: true, value: { deviceId: 'SZ-HQB-1', handlingProvince: '44' } })
    expect(await counter.enrol(enrolment.third)).toEqual(first)
    expect(await counter.enrol('HQB1-C2PN-6WRD')).toMatchObject({ error: { code: 'device.alreadyEnrolled' } })
    const stranger = await createCounterClient(service.url)
    expect(await stranger.enrol(enrolment.third)).toMatchObject({ error: { code: 'device.enrolmentCode' } })
    expect(await stranger.signIn(clerk.staffId, clerk.password)).toMatchObject({
      status: 401,
      error: { code: 'auth.deviceUnknown' },
    })
    // A second code moves the device to another key; the first key is nobody's any more.
    expect((await stranger.enrol('HQB1-C2PN-6WRD')).ok).toBe(true)
    expect(await counter.changes(0)).toMatchObject({ error: { code: 'auth.deviceUnknown' } })
  })

  const forgeries: [string, ProofOverrides][] = [
    ['another method', { htm: 'POST' }],
    ['another address', { htu: 'http://127.0.0.1:1/v1/changes' }],
    ['a number too short to be unique', { jti: 'short' }],
    ['yesterday', { iat: Math.floor(Date.now() / 1000) - 86_400 }],
    ['tomorrow', { iat: Math.floor(Date.now() / 1000) + 86_400 }],
    ['another kind of token', { typ: 'JWT' }],
  ]
  it.each(forgeries)('refuses a proof made for %s', async (_name, overrides) => {
    const response = await suite().counter.request('GET', '/v1/changes?after=0', undefined, overrides)
    expect([response.status, await code(response)]).toEqual([401, 'auth.proofInvalid'])
  })

  it('judges no more guesses at once than one after the other', async () => {
    const { chengdu } = suite()
    const { staffId, password } = chengduSupervisor
    // The right one is the last of them.
    const guesses = [...Array.from({ length: 40 }, (_, number) => `guessed ${number}`), password]
    const answers = await Promise.all(
      guesses.map((guess) => chengdu.request('POST', '/v1/sessions', { staffId, password: guess })),
    )
    const codes = await Promise.all(answers.map((answer) => code(answer)))
    expect(codes.filter((one) => one === 'auth.credentials').length).toBeLessThanOrEqual(4)
    expect(codes.at(-1)).toBe('auth.locked')
    // That somebody was locked out is an entry of their store's chain, once.
    const { look } = suite()
    const told = await look?.db
      .selectFrom('audit_entry')
      .select('chain')
      .where('action', '=', 'staff.locked')
      .where('subject', '=', staffId)
      .execute()
    if (told) expect(told).toEqual([{ chain: 'CD-CXL' }])
    await chengdu.signIn(chengduClerk.staffId, chengduClerk.password)
  })

  it('lets no counter of another store lock a person out of their own, and no password be guessed there', async () => {
    const { chengdu, counter } = suite()
    for (let attempt = 1; attempt <= 4; attempt += 1)
      expect(await chengdu.signIn('100301', 'wrong')).toMatchObject({ error: { code: 'auth.credentials' } })
    expect(await chengdu.signIn('100301', 'wrong')).toMatchObject({ error: { code: 'auth.locked' } })
    expect(await chengdu.signIn('100301', 'counter-trial-301')).toMatchObject({ error: { code: 'auth.locked' } })
    expect((await counter.signIn('100301', 'counter-trial-301')).ok).toBe(true)
    await chengdu.signIn(chengduClerk.staffId, chengduClerk.password)
    await counter.signIn(clerk.staffId, clerk.password)
  })

  it('refuses a proof used twice, none at all, and a token without its own proof', async () => {
    const { counter, service } = suite()
    const jti = crypto.randomUUID()
    expect((await counter.request('GET', '/v1/changes?after=0', undefined, { jti })).status).toBe(200)
    expect(await code(await counter.request('GET', '/v1/changes?after=0', undefined, { jti }))).toBe(
      'auth.proofInvalid',
    )
    expect(await code(await fetch(`${service.url}/v1/changes?after=0`))).toBe('auth.proofInvalid')
    const wrongAth = await counter.request('GET', '/v1/numbers/13800138000', undefined, { ath: 'wrong' })
    expect(await code(wrongAth)).toBe('auth.proofInvalid')
    const thief = await createCounterClient(service.url)
    await thief.enrol('CXL1-R4VT-9PWC')
    thief.carryToken(counter.token())
    expect(await thief.queryNumber('13800138000')).toMatchObject({ status: 401, error: { code: 'auth.required' } })
    // That code moved the device in Chengdu to another key; its counter is given its own back by none but a new code.
  })

  it('locks a person out after five wrong passwords, whoever asks', async () => {
    const { counter } = suite()
    const staffId = '100218'
    for (let attempt = 1; attempt <= 4; attempt += 1)
      expect(await counter.signIn(staffId, 'wrong')).toMatchObject({ error: { code: 'auth.credentials' } })
    expect(await counter.signIn(staffId, 'wrong')).toMatchObject({
      error: { code: 'auth.locked', params: { minutes: 15 } },
    })
    expect(await counter.signIn(staffId, 'counter-trial-218')).toMatchObject({ error: { code: 'auth.locked' } })
    expect(await counter.signIn('nobody', 'wrong')).toMatchObject({ error: { code: 'auth.credentials' } })
    expect(await counter.signIn('510105', 'counter-trial-105')).toMatchObject({ error: { code: 'auth.forbidden' } })
    expect((await counter.signIn(clerk.staffId, clerk.password)).ok).toBe(true)
  })

  it('writes nothing down for strangers, whose keys cost them nothing', async (context) => {
    const { look, service } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can look in')
    const proofs = async () => {
      const { count } = await look.db
        .selectFrom('dpop_proof')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    }
    const before = await proofs()
    for (const [method, path] of [
      ['GET', '/v1/changes?after=0'],
      ['POST', '/v1/jobs'],
      ['POST', '/v1/uploads'],
      ['GET', '/v1/numbers/13800138000'],
    ] as const) {
      const stranger = await createCounterClient(service.url)
      const answer = await stranger.request(method, path, method === 'POST' ? {} : undefined)
      expect(await code(answer)).toBe('auth.deviceUnknown')
    }
    expect(await proofs()).toBe(before)
  })

  it('writes nothing down for attempts to enrol with a wrong code, however many there are', async (context) => {
    const { look, service } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can look in')
    const rows = async () => {
      const { count } = await look.db
        .selectFrom('dpop_proof')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    }
    const before = { kept: await everythingKept(look), proofs: await rows() }
    const stranger = await createCounterClient(service.url)
    const other = await createCounterClient(service.url)
    const ways: [object, string][] = [
      [{ enrolmentCode: 'AAAA-BBBB-CCCC', publicKey: stranger.publicKey }, 'device.enrolmentCode'],
      // Somebody has used it long ago.
      [{ enrolmentCode: enrolment.chengdu, publicKey: stranger.publicKey }, 'device.enrolmentCode'],
      [{ enrolmentCode: 'AAAA-BBBB-CCCC', publicKey: other.publicKey }, 'auth.proofInvalid'],
      [{}, 'request.malformed'],
    ]
    for (let times = 0; times < 3; times += 1)
      for (const [body, expected] of ways)
        expect(await code(await stranger.request('POST', '/v1/devices', body))).toBe(expected)
    // What is written for leftover proofs is written after the answer.
    await wait(300)
    expect({ kept: await everythingKept(look), proofs: await rows() }).toEqual(before)
  })

  it('takes a proof of enrolment once', async () => {
    const { service } = suite()
    const counter = await createCounterClient(service.url)
    const jti = crypto.randomUUID()
    const body = { enrolmentCode: 'HQB2-K6WD-7QPX', publicKey: counter.publicKey }
    expect((await counter.request('POST', '/v1/devices', body, { jti })).status).toBe(200)
    expect(await code(await counter.request('POST', '/v1/devices', body, { jti }))).toBe('auth.proofInvalid')
    // The counter whose answer was lost asks again with a proof of its own.
    expect((await counter.request('POST', '/v1/devices', body)).status).toBe(200)
  })

  it('keeps no name that was typed and is nobody’s', async (context) => {
    const { look, counter } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can look in')
    const typed = 'Geheim-4711'
    expect(await counter.signIn(typed, 'wrong')).toMatchObject({ error: { code: 'auth.credentials' } })
    const subjects = await look.db.selectFrom('lockout').select('subject').execute()
    expect(subjects.some(({ subject }) => subject.includes(typed))).toBe(false)
    for (let attempt = 2; attempt <= 5; attempt += 1) await counter.signIn(typed, 'wrong')
    expect(await counter.signIn(typed, 'wrong')).toMatchObject({ error: { code: 'auth.locked' } })
    await counter.signIn(clerk.staffId, clerk.password)
  })

  it('lets each role through exactly the doors of the table', async () => {
    const { service } = suite()
    const counter = await createCounterClient(service.url)
    await counter.enrol(enrolment.second)
    const stranger = await createCounterClient(service.url)
    const ask = async (client: CounterClient, row: string) => {
      const [method, path] = row.split(' ') as [string, string]
      const address = path.replace(':msisdn', '13800138000').replace('/docs/*', '/docs/json')
      const response = await client.request(method, address, method === 'POST' ? {} : undefined)
      return { status: response.status, code: response.status === 200 ? undefined : await code(response) }
    }
    for (const [row, access] of Object.entries(routeTable)) {
      const nobody = await ask(stranger, row)
      if (access === 'public') expect([row, nobody.status]).toEqual([row, 200])
      // The gateway proves itself by a signature of its own, and by nothing else.
      else if (access === 'gateway') expect([row, nobody.code]).toEqual([row, 'auth.proofInvalid'])
      else if (access === 'key') expect([row, nobody.code]).toEqual([row, 'request.malformed'])
      else expect([row, nobody.code]).toEqual([row, 'auth.deviceUnknown'])
      if (access === 'public' || access === 'key' || access === 'gateway') continue
      for (const role of ['device', ...Object.keys(passwords)]) {
        // Anew for each row: signing out is one of them.
        counter.carryToken(undefined)
        const credentials = passwords[role]
        if (credentials) await counter.signIn(credentials.staffId, credentials.password)
        const answer = await ask(counter, row)
        const refused = answer.code === 'auth.required' || answer.code === 'auth.forbidden'
        const allowed = access === 'device' || (access as readonly string[]).includes(role)
        expect([row, role, refused]).toEqual([row, role, !allowed])
      }
    }
  })

  it('answers nonsense with a clear refusal and no trace of its inside', async () => {
    const { counter, service } = suite()
    const table: [string, string, string | undefined, number, string][] = [
      ['POST', '/v1/jobs', '{"jobs":', 400, 'request.malformed'],
      ['POST', '/v1/jobs', '{"jobs":[]}', 400, 'request.malformed'],
      ['POST', '/v1/jobs', '[]', 400, 'request.malformed'],
      ['POST', '/v1/jobs', 'null', 400, 'request.malformed'],
      ['POST', '/v1/sessions', '{"staffId":7}', 400, 'request.malformed'],
      ['GET', '/v1/changes?after=-1', undefined, 400, 'request.malformed'],
      ['GET', '/v1/changes?after=x', undefined, 400, 'request.malformed'],
      ['GET', '/v1/numbers/%00', undefined, 422, 'number.malformed'],
      ['GET', '/v1/numbers/14412345678', undefined, 422, 'number.iot'],
      ['GET', '/v1/unknown', undefined, 404, 'request.notFound'],
      ['DELETE', '/v1/jobs', undefined, 404, 'request.notFound'],
      ['POST', '/v1/sessions', JSON.stringify({ staffId: 'x'.repeat(70_000), password: 'x' }), 413, 'request.tooLarge'],
    ]
    await counter.signIn(clerk.staffId, clerk.password)
    for (const [method, path, body, status, expected] of table) {
      const response = await fetch(service.url + path, {
        method,
        body: body ?? null,
        headers: {
          dpop: await counter.proof(method, path),
          authorization: `DPoP ${counter.token()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      })
      const text = await response.text()
      expect([path, response.status, JSON.parse(text).error?.code]).toEqual([path, status, expected])
      expect(text).not.toMatch(/node_modules|\.ts:|at \w+ \(/)
    }
    const malformed = await counter.post('signIn', { staffId: '1' })
    expect(malformed).toMatchObject({ error: { code: 'request.malformed', field: 'password' } })
  })

  it('puts people and devices out at once', async (context) => {
    const { world, database, look, service } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can look in')
    const counter = await createCounterClient(service.url)
    await counter.enrol('HQB2-9NVG-4FBS')
    await counter.signIn('100131', 'counter-trial-131')
    const gaps = () => counter.request('GET', '/v1/store/job-gaps').then((response) => response.status)
    expect(await gaps()).toBe(200)
    const file = await readOrganisationFile(configFor(world.simulators, database).files.organisation!)
    const clock = { now: () => Date.now() as never }
    const store = file.stores.find((one) => one.storeId === 'SZ-HQB')!
    store.staff.find((one) => one.staffId === '100131')!.active = false
    await importOrganisation(look.db, clock, file)
    expect(await gaps()).toBe(401)
    store.staff.find((one) => one.staffId === '100131')!.active = true
    await importOrganisation(look.db, clock, file)
    expect(await gaps()).toBe(200)
    store.devices.find((one) => one.deviceId === 'SZ-HQB-2')!.revoked = true
    await importOrganisation(look.db, clock, file)
    expect(await counter.changes(0)).toMatchObject({ status: 401, error: { code: 'auth.deviceUnknown' } })
    // Whoever changes who may do what leaves a trace of it; doing it again is no change.
    const officer = store.staff.find((one) => one.staffId === '100131')!
    officer.role = 'auditor'
    await importOrganisation(look.db, clock, file)
    await importOrganisation(look.db, clock, file)
    const entries = await look.db
      .selectFrom('audit_entry')
      .select(['action', 'subject', 'details'])
      .where('chain', '=', 'SZ-HQB')
      .where('actor', '=', 'administrator')
      .orderBy('sequence')
      .execute()
    expect(entries.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      'staff.changed 100131',
      'staff.changed 100131',
      'device.revoked SZ-HQB-2',
      'staff.changed 100131',
    ])
    expect(JSON.parse(entries.at(-1)!.details)).toMatchObject({ role: 'auditor', wasRole: 'supervisor' })
    expect(await verifyAuditChain(look.db, 'SZ-HQB')).not.toHaveProperty('brokenAt')
  })

  it('ends a session when its holder signs out, and does not mind a second time', async () => {
    const { service } = suite()
    const counter = await createCounterClient(service.url)
    await counter.enrol('HQB1-8YFL-3VHJ')
    await counter.signIn(clerk.staffId, clerk.password)
    expect(await counter.queryNumber('1')).toMatchObject({ error: { code: 'number.malformed' } })
    expect(await counter.signOut()).toEqual({ ok: true, value: {} })
    expect(await counter.queryNumber('1')).toMatchObject({ error: { code: 'auth.required' } })
    expect(await counter.signOut()).toEqual({ ok: true, value: {} })
  })

  it('keeps secrets as hashes only', async (context) => {
    const { look, counter } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can look in')
    await counter.signIn(clerk.staffId, clerk.password)
    const sessions = await look.db.selectFrom('staff_session').select('token_hash').execute()
    const hash = createHash('sha256').update(counter.token()!).digest('hex')
    expect(sessions.map((row) => row.token_hash)).toContain(hash)
    const staff = await look.db.selectFrom('staff').select('password_hash').execute()
    expect(staff.every((row) => row.password_hash.startsWith('$argon2id$'))).toBe(true)
  })
})
