import { describe, expect, it } from 'vitest'
import { configFromCommandLine } from '../../../service/src/settings/command-line.ts'
import { parseServiceConfig } from '../../../service/src/settings/service-config.ts'

const addresses = {
  HOME_BSS_URL_TEMPLATE: 'http://127.0.0.1:9/bss/{carrier}/{province}',
  SMS_URL: 'http://127.0.0.1:9/sms',
  FACE_URL: 'http://127.0.0.1:9/face',
  PAYMENT_URL: 'http://127.0.0.1:9/payment',
  RENEWAL_URL: 'http://127.0.0.1:9/renewal',
}

describe('configuration', () => {
  it('takes PostgreSQL from the environment, a folder from the command line, and memory without either', () => {
    const kindOf = (values: Record<string, string>, environment: Record<string, string> = {}) =>
      parseServiceConfig(configFromCommandLine(values, { ...addresses, ...environment })).database.kind
    expect(kindOf({}, { DATABASE_URL: 'postgresql://u@127.0.0.1/d' })).toBe('postgres')
    expect(kindOf({ data: '/tmp/somewhere' })).toBe('pglite')
    expect(kindOf({})).toBe('memory')
  })

  it('has honest waiting times unless told otherwise', () => {
    const { timing } = parseServiceConfig(configFromCommandLine({}, addresses))
    expect(timing).toMatchObject({ sessionSeconds: 43_200, staffLockSeconds: 900, oneTimeCodeSeconds: 300 })
    const quick = configFromCommandLine({}, { ...addresses, SERVICE_TIMING: '{"reviewPollSeconds":1}' })
    expect(parseServiceConfig(quick).timing.reviewPollSeconds).toBe(1)
  })

  it.each([
    [
      'no address of the home systems',
      {},
      { HOME_BSS_URL_TEMPLATE: '' },
      /HOME_BSS_URL_TEMPLATE \(connectors\.homeBssUrlTemplate\): is needed/,
    ],
    ['an address that is none', {}, { SMS_URL: 'sms.example' }, /SMS_URL \(connectors\.smsUrl\): must be a URL/],
    ['a template that names no province', {}, { HOME_BSS_URL_TEMPLATE: 'http://x/{carrier}' }, /must name/],
    ['a port that is none', { port: 'abc' }, {}, /port/],
    ['another kind of database', {}, { DATABASE_URL: 'mysql://x' }, /DATABASE_URL \(database\.url\)/],
    ['the whole world without an address', { host: '0.0.0.0' }, {}, /--public-url \(publicUrls\)/],
    [
      'a queue asked too often',
      {},
      { SERVICE_TIMING: '{"queuePollSeconds":0.1}' },
      /SERVICE_TIMING \(timing\.queuePollSeconds\)/,
    ],
  ])('says what is wrong with %s', (_name, values, environment, message) => {
    expect(() => parseServiceConfig(configFromCommandLine(values, { ...addresses, ...environment }))).toThrow(message)
  })
  it('names every wrong setting once, as it was written', () => {
    const failure = () => parseServiceConfig(configFromCommandLine({}, {}))
    const addressesOf = ['HOME_BSS_URL_TEMPLATE', 'SMS_URL', 'FACE_URL', 'PAYMENT_URL', 'RENEWAL_URL']
    expect(failure).toThrow(
      /^the configuration is wrong:(\n {2}[A-Z_]+ \([a-zA-Z.]+\): is needed, or --simulators){5}$/,
    )
    for (const name of addressesOf) expect(failure).toThrow(name)
  })
})
