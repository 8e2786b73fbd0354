import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rotateRuleKey } from '../../../service/src/rule-packs/rule-keys.ts'
import { openSignedPack } from '../../../service/src/rule-packs/signed-pack.ts'
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
      /cn zz: \w+ \d\d would have no whole rules: .*lateFee/,
    )
    expect(await listOf(counter)).toEqual(before)
  })

  it('are signed by a new key from its rotation on, which the old one vouches for', async () => {
    const { kind, look, counter, service } = suite()
    if (kind === 'PGlite' || !look) return
    const before = await listOf(counter)
    await rotateRuleKey(look.db, { now: () => instant(Date.now()) }, 'test')
    const names = await publish(service, [{ ...province, version: 'rotated', validFrom: '2026-10-05' }])
    expect(names).toEqual(['cn-ctcc-14 rotated'])
    const list = await listOf(counter)
    expect(list.keys).toHaveLength(before.keys.length + 1)
    expect(await believedKeys(before.keys, list.keys)).toEqual(list.keys)
    const [signed] = await contentsOf(counter, [list.packs.find(({ version }) => version === 'rotated')!.digest])
    expect((await verifyPack(signed!, before.keys, sha256)).ok).toBe(false)
    expect((await verifyPack(signed!, list.keys, sha256)).ok).toBe(true)
    const [old] = await contentsOf(counter, [before.packs[0]!.digest])
    expect((await verifyPack(old!, list.keys, sha256)).ok).toBe(true)
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

  it('are one set for several service processes, whoever publishes', async () => {
    const { kind, world, database, service, counter } = suite()
    if (kind === 'PGlite') return
    const second = await startServiceOn(world, database)
    try {
      const packs = (from: string) =>
        ['cn-cmcc-11', 'cn-cucc-11', 'cn-cbn-11'].map((id) => ({
          ...shippedPacks.find((pack) => pack.id === id)!,
          version: `both-${from}`,
          validFrom: '2026-11-02',
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
