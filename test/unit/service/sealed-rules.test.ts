import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seal } from '../../../scripts/rules/seal.ts'
import { digestOfSet, readPackFolder } from '../../../service/src/rule-packs/pack-folder.ts'
import { canonicalPack } from '../../../service/src/rule-packs/signed-pack.ts'

const shipped = new URL('../../../resources/rule-packs', import.meta.url).pathname

/** What to do about a pack that is not what was sealed. */
const advice = (name: string) =>
  `${name} is not what was sealed. Services that published it would keep the old content. Give the pack a new "version" and run ` +
  '`npm run rules -- seal`; only a version that nobody can have published yet may be taken out of versions.lock and sealed again.'

test('every shipped pack has the content its version was sealed with, and the set as a whole was checked', async () => {
  const { packs, sealed } = await readPackFolder(shipped)
  const named = packs.map(canonicalPack)
  for (const { id, version, digest } of named)
    expect(sealed?.versions[`${id} ${version}`], advice(`${id} ${version}`)).toBe(digest)
  expect(sealed?.checked, 'The set was not sealed as it stands: run `npm run rules -- seal`.').toBe(
    digestOfSet(named.map(({ digest }) => digest)),
  )
})

describe('sealing a folder', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealed-'))
    await cp(shipped, folder, { recursive: true })
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const file = () => join(folder, 'cn-cbn-11.json')
  async function change(from: string, to: string) {
    await writeFile(file(), (await readFile(file(), 'utf8')).replace(from, to))
  }
  async function sealIt() {
    const said: string[] = []
    const code = await seal(folder, 'en', (line) => said.push(line))
    return { code, said: said.join('\n') }
  }

  test('refuses a version with another content, takes a new one, and keeps the old one sealed', async () => {
    await change('"assumed": true', '"assumed": true, "validTo": "2031-12-31"')
    const refused = await sealIt()
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.said).toContain('cn-cbn-11 2026-07 is not what was sealed')

    await change('"version": "2026-07"', '"version": "2027-02"')
    expect(await sealIt()).toMatchObject({ code: 0, said: expect.stringContaining('1 new versions sealed') })
    const { sealed } = await readPackFolder(folder)
    expect(Object.keys(sealed!.versions).filter((name) => name.startsWith('cn-cbn-11 '))).toEqual([
      'cn-cbn-11 2026-07',
      'cn-cbn-11 2027-02',
    ])
  }, 30_000)

  test('seals nothing that does not pass the check', async () => {
    const before = (await readPackFolder(folder)).sealed
    await change('"extends": "cn-cbn"', '"extends": "cn-cbn-12"')
    await writeFile(
      join(folder, 'cn-cbn-12.json'),
      (await readFile(join(folder, 'cn-cbn-12.json'), 'utf8')).replace('"extends": "cn-cbn"', '"extends": "cn-cbn-11"'),
    )
    expect(await sealIt()).toMatchObject({ code: 1, said: expect.stringContaining('inheritanceCircle') })
    expect((await readPackFolder(folder)).sealed).toEqual(before)
  }, 30_000)
})
