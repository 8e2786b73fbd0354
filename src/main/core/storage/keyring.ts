import { createHash, createHmac, hkdfSync, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import { type FileSystem, readWholeFile, replaceFile } from './file-system.ts'
import { freshNonce, seal, secretKey, unseal } from './sealing.ts'

/**
 * The keys of a store. Content is sealed with data keys; the data keys lie in `store.keys`, wrapped by the key that
 * the platform's secret store hands in. Two copies are kept, because without this file everything else is noise.
 */
export interface Keyring {
  /** Counts up with every change; the higher copy wins. */
  epoch: number
  storeId: Buffer
  /** Id of the data key new files are sealed with. */
  current: number
  dataKeys: ReadonlyMap<number, Buffer>
  /** Keys of earlier times, for files that lie in `set-aside` only: nothing in the folder itself is opened with them. */
  retired: ReadonlyMap<number, Buffer>
}

export type KeyringReading =
  | { state: 'absent' }
  | { state: 'wrongKey' }
  | { state: 'unreadable' }
  | { state: 'open'; keyring: Keyring; bothCopiesGood: boolean }

export const keyringNames = ['store.keys', 'store.keys.spare'] as const

const magic = Buffer.from('CFSTKEYS')
const version = 1
const headLength = 48

interface KeyringContent {
  current: number
  keys: { id: number; key: string }[]
  retired?: KeyringContent['keys']
}
const digestLength = 32

/** A keyring for a new store: random identity, one random data key. */
export function createKeyring(): Keyring {
  return {
    epoch: 1,
    storeId: randomBytes(16),
    current: 1,
    dataKeys: new Map([[1, randomBytes(32)]]),
    retired: new Map(),
  }
}

/** The keyring with one more data key, which becomes the current one. */
export function withFreshDataKey(keyring: Keyring): Keyring {
  const id = keyring.current + 1
  return {
    ...keyring,
    epoch: keyring.epoch + 1,
    current: id,
    dataKeys: new Map([...keyring.dataKeys, [id, randomBytes(32)]]),
  }
}

/** The keyring with all data keys but the current one dropped, or kept for damaged files that were set aside. */
export function withOnlyCurrentDataKey(keyring: Keyring, keepOthers: boolean): Keyring {
  const { current, dataKeys } = keyring
  const others = [...keyring.retired, ...dataKeys].filter(([id]) => id !== current)
  return {
    ...keyring,
    epoch: keyring.epoch + 1,
    dataKeys: new Map([[current, dataKeys.get(current)!]]),
    retired: new Map(keepOthers ? others : []),
  }
}

/** The keyring that opens files in `set-aside`, whenever they were damaged. */
export function forSetAside(keyring: Keyring): Keyring {
  return { ...keyring, dataKeys: new Map([...keyring.retired, ...keyring.dataKeys]) }
}

/** Handle of the data key `id`, or `undefined` when the keyring does not hold it. */
export function dataKey(keyring: Keyring, id: number): KeyObject | undefined {
  const bytes = keyring.dataKeys.get(id)
  return bytes && secretKey(bytes)
}

/** Writes both copies, one after the other: at every moment at least one whole copy is on disk. */
export function writeKeyring(files: FileSystem, folder: string, keyring: Keyring, wrappingKey: Uint8Array): void {
  for (const name of keyringNames) replaceFile(files, folder, name, encodeKeyring(keyring, wrappingKey))
}

/** Reads both copies and tells a wrong key (whole file, other key) from damage (checksum fails). */
export function readKeyring(files: FileSystem, folder: string, wrappingKey: Uint8Array): KeyringReading {
  const copies = keyringNames.map((name) => {
    const bytes = readWholeFile(files, `${folder}/${name}`)
    return bytes ? decodeKeyring(bytes, wrappingKey) : 'absent'
  })
  const open = copies.filter((copy) => typeof copy === 'object').sort((a, b) => b.epoch - a.epoch)
  const keyring = open[0]
  if (keyring) {
    const bothCopiesGood = open.length === 2 && open[1]!.epoch === keyring.epoch
    return { state: 'open', keyring, bothCopiesGood }
  }
  if (copies.includes('wrongKey')) return { state: 'wrongKey' }
  return { state: copies.includes('damaged') ? 'unreadable' : 'absent' }
}

function encodeKeyring(keyring: Keyring, wrappingKey: Uint8Array): Buffer {
  const head = Buffer.alloc(headLength)
  magic.copy(head, 0)
  head.writeUInt8(version, 8)
  head.writeUInt32LE(keyring.epoch, 12)
  keyring.storeId.copy(head, 16)
  checkValue(wrappingKey, keyring.storeId).copy(head, 32)
  const listed = (keys: Keyring['dataKeys']) => [...keys].map(([id, key]) => ({ id, key: key.toString('base64') }))
  const retired = keyring.retired.size > 0 ? { retired: listed(keyring.retired) } : {}
  const plain = Buffer.from(JSON.stringify({ current: keyring.current, keys: listed(keyring.dataKeys), ...retired }))
  const sealed = seal(wrapping(wrappingKey, keyring.storeId), freshNonce(), head, plain)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(sealed.ciphertext.length)
  const body = Buffer.concat([head, sealed.nonce, sealed.tag, length, sealed.ciphertext])
  return Buffer.concat([body, createHash('sha256').update(body).digest()])
}

function decodeKeyring(bytes: Buffer, wrappingKey: Uint8Array): Keyring | 'wrongKey' | 'damaged' {
  if (bytes.length < headLength + 32 + digestLength) return 'damaged'
  const body = bytes.subarray(0, -digestLength)
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(-digestLength))) return 'damaged'
  if (!body.subarray(0, 8).equals(magic) || body.readUInt8(8) !== version) return 'damaged'
  const head = body.subarray(0, headLength)
  const storeId = Buffer.from(head.subarray(16, 32))
  if (!timingSafeEqual(checkValue(wrappingKey, storeId), head.subarray(32, 48))) return 'wrongKey'
  const sealed = { nonce: body.subarray(48, 60), tag: body.subarray(60, 76), ciphertext: body.subarray(80) }
  const plain = unseal(wrapping(wrappingKey, storeId), sealed, head)
  if (!plain) return 'damaged'
  const { current, keys, retired = [] } = JSON.parse(plain.toString()) as KeyringContent
  const mapped = (listed: KeyringContent['keys']) =>
    new Map(listed.map(({ id, key }) => [id, Buffer.from(key, 'base64')]))
  return { epoch: head.readUInt32LE(12), storeId, current, dataKeys: mapped(keys), retired: mapped(retired) }
}

/** Shows whether a key is the right one without telling anything about it. */
function checkValue(wrappingKey: Uint8Array, storeId: Uint8Array): Buffer {
  return createHmac('sha256', wrappingKey)
    .update('counterfoil store key check')
    .update(storeId)
    .digest()
    .subarray(0, 16)
}

function wrapping(key: Uint8Array, storeId: Uint8Array): KeyObject {
  return secretKey(new Uint8Array(hkdfSync('sha256', key, storeId, 'counterfoil store wrapping', 32)))
}
