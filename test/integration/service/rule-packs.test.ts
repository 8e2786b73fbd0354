import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { revokeRuleKey, rotateRuleKey } from '../../../service/src/rule-packs/change-rule-keys.ts'
import { changeRules } from '../../../service/src/rule-packs/rules-command.ts'
import { canonicalPack, openSignedPack, signPack } from '../../../service/src/rule-packs/signed-pack.ts'
import { believedKeys, verifyPack } from '../../../src/main/core/rules/verify-rules.ts'
import { sha256 } from '../../../src/main/devices/machine/system-ports.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type { RulePack } from '../../../src/shared/domain/rules/rule-pack.ts'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'
import type { CounterClient } from '../../support/counter-client.ts'
import { onBothDatabases, type Suite } from '../../support/service-suite.ts'
import { startServiceOn } from '../../support/service-world.ts'
import { shippedPacks } from '../../support/shipped-rules.ts'

async function listOf(counter: CounterClient) {
  const response = await counter.request('GET', serviceRoutes.ruleList.path)
  return serviceRoutes.ruleList.answer.parse(await response.json())
}

async function contentsOf(counter: CounterClient, digests: string[]) {
  const answer = await counter.post('packContents', { digests })
  if (!answer.ok) throw new Error(answer.error.code)
  return answer.value.packs
}

async function cursorOf(counter: CounterClient): Promise<number> {
  const seen = await counter.changes(0)
  if (!seen.ok) throw new Error(seen.error.code)
  return seen.value.cursor
}

/** Publishes packs from a folder of their own. */
async function publish(service: Suite['service'], packs: readonly object[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rule-packs-'))
  try {
    for (const [index, pack] of packs.entries()) await writeFile(join(folder, `p${index}.json`), JSON.stringify(pack))
    return await service.publishRules(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const beijing = shippedPacks.find((pack) => pack.id === 'cn-cmcc-11') as RulePack
const province = shippedPacks.find((pack) => pack.id === 'cn-ctcc-14') as RulePack

onBothDatabases('rule packs', (suite) => {
  it('are published signed at the first start, and hold what the folder holds', async () => {
    const { counter } = suite()
    const list = await listOf(counter)
    expect(list.packs.map(({ id, version }) => `${id} ${version}`).sort()).toEqual(
      shippedPacks.map(({ id, version }) => `${id} ${version}`).sort(),
    )
    const entry = list.packs.find((pack) => pack.id === 'cn')!
    const [signed] = await contentsOf(counter, [entry.digest])
    const opened = await openSignedPack(signed!, list.keys)
    expect(opened).toMatchObject({ id: 'cn', digest: entry.digest, publishedAt: entry.publishedAt })
    expect(JSON.parse(opened!.content)).toEqual(shippedPacks.find((pack) => pack.id === 'cn'))
  })

  it('wake every store by the change feed, and name the set in every answer', async () => {
    const { counter, chengdu, service } = suite()
    const before = await counter.changes(0)
    if (!before.ok) throw new Error(before.error.code)
    const there = await chengdu.changes(0)
    const waiting = chengdu.changes(there.ok ? there.value.cursor : 0, 20)
    const started = Date.now()
    const next = { ...province, version: `${province.version}.1`, validFrom: '2026-08-01' }
    expect(await publish(service, [next])).toEqual([`cn-ctcc-14 ${next.version}`])
    const told = await waiting
    expect(told.ok && told.value.changes.some((change) => change.kind === 'rules')).toBe(true)
    expect(Date.now() - started).toBeLessThan(10_000)
    const after = await counter.changes(before.value.cursor)
    if (!after.ok) throw new Error(after.error.code)
    expect(after.value.rulesSetDigest).not.toBe(before.value.rulesSetDigest)
    expect(after.value.changes.at(-1)).toMatchObject({
      kind: 'rules',
      rules: { setDigest: after.value.rulesSetDigest },
    })
    expect((await listOf(counter)).setDigest).toBe(after.value.rulesSetDigest)
  })

  it('never change: the same version with another content is refused, and nothing of its set is published', async () => {
    const { counter, service } = suite()
    const before = await listOf(counter)
    const fresh = { ...province, version: 'zzz', validFrom: '2026-09-01' }
    await expect(publish(service, [{ ...province, assumed: !province.assumed }, fresh])).rejects.toThrow(
      `cn-ctcc-14 ${province.version} was published with another content`,
    )
    expect(await listOf(counter)).toEqual(before)
    expect(await publish(service, [province])).toEqual([])
  })

  it('are refused when a place would be left without whole rules', async () => {
    const { counter, service } = suite()
    const before = await listOf(counter)
    const nation = shippedPacks.find((pack) => pack.id === 'cn') as RulePack
    const { lateFee: _, ...sections } = nation.sections as Record<string, unknown>
    await expect(publish(service, [{ ...nation, version: 'zz', validFrom: '2026-10-01', sections }])).rejects.toThrow(
      /\.json:\d+:\d+ error notWhole: .*2026-10-01.*lateFee/,
    )
    expect(await listOf(counter)).toEqual(before)
  })

  it('are refused with file, line and sentence when one of their own test cases fails, and nothing changes', async () => {
    const { counter, service } = suite()
    const before = await listOf(counter)
    const folder = await mkdtemp(join(tmpdir(), 'rule-packs-'))
    try {
      const text = await readFile(new URL('../../../resources/rule-packs/cn-cmcc-46.json', import.meta.url), 'utf8')
      const wrong = text
        .replace(/"version": "[^"]+"/, '"version": "wrong-case"')
        .replace('"2026-07-01"', '"2026-10-11"')
        .replace('"fen": 20000', '"fen": 20001')
      await writeFile(join(folder, 'hainan.json'), wrong)
      await writeFile(
        join(folder, 'beijing.json'),
        JSON.stringify({ ...beijing, version: 'good', validFrom: '2026-10-12' }),
      )
      const line = wrong.split('\n').findIndex((each) => each.includes('"two missing"'))
      await expect(service.publishRules(folder)).rejects.toThrow(
        `hainan.json:${line}:11 error caseFails: rule device, case "two missing": expected 20001, got 20000`,
      )
      await writeFile(join(folder, 'hainan.json'), wrong.replace('"version"', '"Version"'))
      await expect(service.publishRules(folder)).rejects.toThrow(/hainan\.json:\d+:\d+ error notAsRequired/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    expect(await listOf(counter)).toEqual(before)
  })

  it('are refused when they would break what stays in force elsewhere', async () => {
    const { counter, service } = suite()
    const before = await listOf(counter)
    const nation = shippedPacks.find((pack) => pack.id === 'cn') as RulePack
    const sections = nation.sections as unknown as Record<string, { id: string }[]>
    const penaltyRules = sections.penaltyRules!.filter(({ id }) => id !== 'fixed-mobile-bundle')
    // A province leaves out or changes a rule that is not there any more.
    const next = { ...nation, version: 'gap', validFrom: '2026-10-20', sections: { ...sections, penaltyRules } }
    await expect(publish(service, [next])).rejects.toThrow(/published cn-[a-z]+-\d\d@[^ ]+\.json:\d+:\d+ error/)
    expect(await listOf(counter)).toEqual(before)
  })

  it('are signed by a new key from its rotation on, which the old one vouches for', async (context) => {
    const { kind, look, counter, service } = suite()
    if (kind === 'PGlite' || !look)
      return context.skip('PGlite has one connection, which the service holds: nobody else can reach in')
    const before = await listOf(counter)
    await rotateRuleKey(look.db, { now: () => instant(Date.now()) }, 'test')
    const names = await publish(service, [{ ...province, version: 'rotated', validFrom: '2026-10-05' }])
    expect(names).toEqual(['cn-ctcc-14 rotated'])
    const list = await listOf(counter)
    expect(list.keys).toHaveLength(before.keys.length + 1)
    expect(await believedKeys(before.keys, list.keys)).toEqual(list.keys)
    const [signed] = await contentsOf(counter, [list.packs.find(({ version }) => version === 'rotated')!.digest])
    // The key that signs now was the reserve: counters knew it beforehand.
    expect((await verifyPack(signed!, before.keys, sha256)).ok).toBe(true)
    expect((await verifyPack(signed!, before.keys.slice(0, -1), sha256)).ok).toBe(false)
    expect((await verifyPack(signed!, list.keys, sha256)).ok).toBe(true)
    const [old] = await contentsOf(counter, [before.packs[0]!.digest])
    expect((await verifyPack(old!, list.keys, sha256)).ok).toBe(true)
  })

  it('are signed again when their key is revoked, and what a thief signed with it is refused and withdrawn', async (context) => {
    const { kind, look, counter, chengdu } = suite()
    if (kind === 'PGlite' || !look)
      return context.skip('PGlite has one connection, which the service holds: nobody else can reach in')
    const clock = { now: () => instant(Date.now()) }
    const before = await listOf(counter)
    const signed = await contentsOf(counter, [before.packs[0]!.digest])
    const leaked = JSON.parse(Buffer.from(signed[0]!.split('.')[0]!, 'base64url').toString()).kid as string
    const key = await look.db.selectFrom('rule_key').selectAll().where('key_id', '=', leaked).executeTakeFirstOrThrow()
    // The thief brings a pack through a counter's way back before anybody knows.
    const theirs = (version: string) =>
      signPack(canonicalPack({ ...province, version, validFrom: '2026-10-25' }), key, Date.now())
    expect(await chengdu.post('returnPacks', { packs: [await theirs('forged')] })).toMatchObject({
      ok: true,
      value: { restored: 1 },
    })
    const told = chengdu.changes(await cursorOf(chengdu), 20)
    const { signingKeyId, resigned, withdrawn } = await revokeRuleKey(look.db, clock, leaked, 'test')
    expect(withdrawn).toEqual(['cn-ctcc-14 forged'])
    expect(resigned.length).toBeGreaterThan(100)
    const heard = await told
    expect(heard.ok && heard.value.changes.map((change) => change.kind)).toContain('rules')

    const list = await listOf(counter)
    expect(list.setDigest).not.toBe(before.setDigest)
    expect(list.packs).toEqual(before.packs)
    const keys = await believedKeys(before.keys, list.keys)
    expect(keys.find(({ keyId }) => keyId === leaked)?.revocation).toBeDefined()
    const [again] = await contentsOf(counter, [before.packs[0]!.digest])
    expect(await verifyPack(again!, keys, sha256)).toMatchObject({
      ok: true,
      value: { digest: before.packs[0]!.digest, publishedAt: before.packs[0]!.publishedAt },
    })
    expect(JSON.parse(Buffer.from(again!.split('.')[0]!, 'base64url').toString()).kid).toBe(signingKeyId)
    expect(await verifyPack(await theirs('forged'), keys, sha256)).toMatchObject({ error: { code: 'rules.revoked' } })
    expect(await counter.post('returnPacks', { packs: [await theirs('later')] })).toMatchObject({
      value: { restored: 0 },
    })
    await expect(revokeRuleKey(look.db, clock, leaked, 'test')).rejects.toThrow('revoked already')
    await expect(revokeRuleKey(look.db, clock, 'nobody', 'test')).rejects.toThrow('there is no rule key nobody')
  })

  it('have a next key that can be kept outside the database until it is needed', async (context) => {
    const { kind, look, counter } = suite()
    if (kind === 'PGlite' || !look)
      return context.skip('PGlite has one connection, which the service holds: nobody else can reach in')
    const clock = { now: () => instant(Date.now()) }
    const folder = await mkdtemp(join(tmpdir(), 'reserve-'))
    const file = join(folder, 'reserve.json')
    const said: string[] = []
    const command = { rotate: false, keepReturned: false }
    const change = (wanted: object) => changeRules(look.db, clock, { ...command, ...wanted }, (line) => said.push(line))
    try {
      await change({ exportReserve: file })
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      const { keyId } = JSON.parse(await readFile(file, 'utf8')) as { keyId: string }
      expect((await look.db.selectFrom('rule_key_reserve').selectAll().execute()).map(({ d }) => d)).toEqual([null])
      await expect(change({ exportReserve: join(folder, 'again.json') })).rejects.toThrow('in a file already')
      await expect(change({ rotate: true })).rejects.toThrow('--reserve-key FILE')
      const before = await listOf(counter)
      const signing = before.keys.at(-2)!.keyId
      await change({ revoke: signing, reserveFile: file })
      expect(said.at(-1)).toContain(`key ${keyId} signs from now on`)
      const list = await listOf(counter)
      expect(
        (await believedKeys(before.keys, list.keys)).find((key) => key.keyId === signing)?.revocation,
      ).toBeDefined()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('come back to a service that has forgotten them only with its own signature', async () => {
    const { counter } = suite()
    const list = await listOf(counter)
    const [own] = await contentsOf(counter, [list.packs[0]!.digest])
    const [head, payload, signature] = own!.split('.')
    const forged = JSON.stringify({ ...province, version: 'forged' })
    const answers = await Promise.all(
      [own!, `${head}.${Buffer.from(forged).toString('base64url')}.${signature}`, `${head}.${payload}.AAAA`, 'x'].map(
        (one) => counter.post('returnPacks', { packs: [one] }),
      ),
    )
    expect(answers.map((answer) => answer.ok && answer.value.restored)).toEqual([0, 0, 0, 0])
    expect(await listOf(counter)).toEqual(list)
  })

  it('are one set for several service processes, whoever publishes', async (context) => {
    const { kind, world, database, service, counter } = suite()
    if (kind === 'PGlite') return context.skip('PGlite lets one process in')
    const second = await startServiceOn(world, database)
    try {
      const packs = (from: string) =>
        ['cn-cmcc-11', 'cn-cucc-11', 'cn-cbn-11'].map((id) => ({
          ...shippedPacks.find((pack) => pack.id === id)!,
          version: `both-${from}`,
          // Two versions of a pack may not begin on one day.
          validFrom: { a: '2026-11-02', b: '2026-11-03', shared: '2026-11-04' }[from],
        }))
      const [one, two] = await Promise.all([
        publish(service, [...packs('a'), ...packs('shared')]),
        publish(second, [...packs('b'), ...packs('shared')]),
      ])
      expect([...one, ...two].filter((name) => name.endsWith('both-shared'))).toHaveLength(3)
      const names = (await listOf(counter)).packs.map(({ version }) => version)
      for (const from of ['both-a', 'both-b', 'both-shared'])
        expect(names.filter((version) => version === from)).toHaveLength(3)
      counter.moveTo(second.url)
      const there = await listOf(counter)
      counter.moveTo(service.url)
      expect(there).toEqual(await listOf(counter))
    } finally {
      await second.close()
    }
  })
})
