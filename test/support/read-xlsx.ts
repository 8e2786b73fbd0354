import { inflateRawSync } from 'node:zlib'

/** Files of a ZIP archive by name, read from its central directory (PKWARE APPNOTE 4.3): enough for what spreadsheets are packed in. */
function unzip(archive: Buffer): Map<string, string> {
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  if (end < 0) throw new Error('not a ZIP archive')
  const files = new Map<string, string>()
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error('the central directory is broken')
    const [method, size] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)]
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    const name = archive.subarray(at + 46, at + 46 + nameLength).toString('utf8')
    const local = archive.readUInt32LE(at + 42)
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const packed = archive.subarray(begin, begin + size)
    files.set(name, (method === 8 ? inflateRawSync(packed) : packed).toString('utf8'))
    at += 46 + nameLength + extra + comment
  }
  return files
}

const decoded = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')

/** The sheets of a workbook as rows of texts and numbers, in order. */
export function readXlsx(content: Buffer): { name: string; rows: (string | number)[][] }[] {
  const files = unzip(content)
  const names = [...files.get('xl/workbook.xml')!.matchAll(/<sheet [^>]*name="([^"]*)"/g)].map((found) =>
    decoded(found[1]!),
  )
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>([\s\S]*?)<\/si>/g)].map((found) =>
    decoded([...found[1]!.matchAll(/<t[^>]*>([\s\S]*?)<\/t>/g)].map((part) => part[1]).join('')),
  )
  return names.map((name, index) => {
    const sheet = files.get(`xl/worksheets/sheet${index + 1}.xml`)!
    const rows = [...sheet.matchAll(/<row [^>]*?(?:\/>|>([\s\S]*?)<\/row>)/g)].map((row) =>
      [...(row[1] ?? '').matchAll(/<c ([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)].map((cell) => {
        const value = /<v>([\s\S]*?)<\/v>/.exec(cell[2] ?? '')?.[1]
        if (/t="s"/.test(cell[1]!)) return shared[Number(value)] ?? ''
        if (/t="inlineStr"/.test(cell[1]!)) return decoded(/<t[^>]*>([\s\S]*?)<\/t>/.exec(cell[2] ?? '')?.[1] ?? '')
        return value === undefined ? '' : Number(value)
      }),
    )
    return { name, rows }
  })
}
