import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPrefixes } from '../../../service/simulators/base/prefixes.ts'
import { exportSubscribers, generateSubscribers, SubscribersInvalid } from '../../../service/simulators/index.ts'
import { faceAnswerSchema } from '../../../service/src/connectors/wire/face.ts'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { bss, type OutsideWorld, openWorld, startedAt } from './outside-world.ts'

let world: OutsideWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

async function snapshot(view = 'portrait'): Promise<Buffer> {
  const answer = await fetch(`${world.simulators.urls.capture}/snapshot?view=${view}`)
  expect(answer.headers.get('content-type')).toBe('image/png')
  return Buffer.from(await answer.arrayBuffer())
}

let comparisons = 0
async function compare(person: { identificationId: string; name: string }, picture: Buffer) {
  comparisons += 1
  const { identificationId, name } = person
  const contentBase64 = picture.toString('base64')
  const request = { key: `face-${comparisons}`, identificationId, name, mediaType: 'image/png', contentBase64 }
  return faceAnswerSchema.parse((await world.post('/face/comparisons', request)).body)
}

describe('the capture station and the face comparison', () => {
  it('see the holder of the number last asked for, who matches', async () => {
    const entry = await world.entry('clean')
    await world.post(`${bss(entry)}/number-query`, { msisdn: entry.msisdn })
    const answer = await compare(entry.person, await snapshot())
    expect(answer).toMatchObject({ outcome: 'match' })
    expect(answer.score).toBeGreaterThanOrEqual(answer.threshold)
    expect(await snapshot('document-front')).not.toEqual(await snapshot('document-back'))
  })

  it('find an impostor out, and an unknown portrait missing', async () => {
    const [entry, impostor, without] = [
      await world.entry('clean'),
      await world.entry('clean', 4),
      await world.entry('no-portrait'),
    ]
    await world.post(`${bss(entry)}/number-query`, { msisdn: entry.msisdn })
    await world.control({ counter: { person: impostor.msisdn } })
    expect(await compare(entry.person, await snapshot())).toMatchObject({ outcome: 'noMatch' })
    await world.control({ counter: { person: 'auto' } })
    expect(await compare(without.person, await snapshot())).toMatchObject({ outcome: 'noReference' })
  })

  it('answer 400 for a picture that is none', async () => {
    const entry = await world.entry('clean')
    const body = {
      key: 'none',
      ...entry.person,
      mediaType: 'image/png',
      contentBase64: Buffer.from('no').toString('base64'),
    }
    expect((await world.post('/face/comparisons', body)).status).toBe(400)
  })
})

describe('the message port', () => {
  it('takes a message once per key and shows it', async () => {
    const message = { key: 'm1', to: '13912345678', text: '验证码 <123456>', template: 'otp' }
    const first = await world.post('/sms/messages', message)
    expect(await world.post('/sms/messages', message)).toEqual(first)
    expect((await world.post('/sms/messages', { ...message, text: 'x' })).status).toBe(409)
    expect(await world.get('/sms/messages?to=13912345678')).toMatchObject([
      { text: message.text, template: 'otp', at: startedAt },
    ])
    const page = await (await fetch(`${world.simulators.urls.sms}?to=139%201234`)).text()
    expect(page).toContain('验证码 &lt;123456&gt;')
  })
})

describe('the pages', () => {
  it('show people by scenario in both languages, and what a search finds', async () => {
    const entry = await world.entry('premium')
    const zh = await (await fetch(world.simulators.urls.directory)).text()
    expect(zh).toContain('吉祥号码')
    expect(zh).toContain(entry.person.identificationId)
    const en = await (await fetch(`${world.simulators.urls.directory}/?lang=en&msisdn=${entry.msisdn}`)).text()
    expect(en).toContain('Service password')
    expect(en).toContain(entry.servicePassword)
    expect(await world.get('/directory.json?province=54&carrier=CBN&limit=3')).toHaveLength(3)
    expect((await fetch(`${world.simulators.urls.directory}/portraits/${entry.person.id}.png`)).status).toBe(200)
    const control = await fetch(world.simulators.urls.control, { headers: { accept: 'text/html' } })
    expect(await control.text()).toContain('data-change')
  })
})

describe('faults', () => {
  const ask = async (province = '11') =>
    fetch(`${world.simulators.urls.directory}/bss/CMCC/${province}/number-query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ msisdn: '13900000000' }),
      signal: AbortSignal.timeout(300),
    })
  const set = (faults: object) => world.control({ targets: { 'bss:CMCC:11': faults } })

  it('strike only the port they are set for, and end when cleared', async () => {
    await set({ errorRate: 1 })
    expect((await ask()).status).toBe(503)
    expect((await ask('12')).status).toBe(200)
    await set({ malformedRate: 1 })
    await expect((await ask()).json()).rejects.toThrow()
    await set({ down: true })
    await expect(ask()).rejects.toThrow()
    await set({ hangRate: 1 })
    await expect(ask()).rejects.toThrow(/timeout|aborted/i)
    await world.control({ targets: { 'bss:CMCC:11': null } })
    expect((await ask()).status).toBe(200)
  })

  it('add latency', async () => {
    await set({ latencyMs: 120, jitterMs: 0 })
    const before = performance.now()
    await ask()
    expect(performance.now() - before).toBeGreaterThanOrEqual(115)
    await world.control({ targets: { 'bss:CMCC:11': null } })
  })

  it('are refused for an unknown port', async () => {
    await expect(world.control({ targets: { 'bss:XX': { down: true } } })).rejects.toThrow(/targets.*bss:XX/)
  })
})

describe('a world from CSV', () => {
  it('serves the people of the folder, and starts not at all when a row is bad', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'csv-world-'))
    try {
      const base = generateSubscribers('elsewhere', shanghaiDate(startedAt), readPrefixes().prefixes)
      exportSubscribers(base, folder)
      const imported = await openWorld({ subscribersFolder: folder })
      const line = base.lines.find((candidate) => candidate.scenario === 'clean')!
      const answer = await imported.post(`/bss/${line.carrier}/${line.province}/number-query`, { msisdn: line.msisdn })
      expect(answer.body).toMatchObject({ result: 'ok', state: 'active' })
      await imported.close()
      writeFileSync(join(folder, 'bills.csv'), 'id,msisdn\n1,2\n')
      await expect(openWorld({ subscribersFolder: folder })).rejects.toThrow(SubscribersInvalid)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('starts, base included, within two seconds', async () => {
    const before = performance.now()
    const other = await openWorld({ seed: 'quick' })
    expect(performance.now() - before).toBeLessThan(2000)
    await other.close()
  })
})
