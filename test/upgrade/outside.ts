import type { DirectoryEntry, OutsideWorld } from '../support/service-world.ts'

/** The outside world by its addresses, as the steps of a build want to see it. Each build has its own half of the people. */
export function outsideAt(urls: Record<'directory' | 'capture' | 'sms', string>, half: 0 | 1) {
  const taken = new Set<string>()
  const world = {
    simulators: { urls },
    async control(change: object) {
      const response = await fetch(`${urls.directory}/control`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change),
      })
      if (!response.ok) throw new Error(`control: ${await response.text()}`)
    },
    async someone(scenario: string, { notAt }: { notAt?: string } = {}): Promise<DirectoryEntry> {
      const response = await fetch(`${urls.directory}/directory.json?scenario=${scenario}&limit=1000`)
      const people = (await response.json()) as DirectoryEntry[]
      const one = people.find(
        (entry) =>
          entry.available &&
          entry.province !== '44' &&
          `bss:${entry.carrier}:${entry.province}` !== notAt &&
          Number(entry.msisdn) % 2 === half &&
          !taken.has(entry.msisdn),
      )
      if (!one) throw new Error(`nobody left in ${scenario}`)
      taken.add(one.msisdn)
      return one
    },
    async photograph(person: string, view: string): Promise<Buffer> {
      await world.control({ counter: { person } })
      const response = await fetch(`${urls.capture}/snapshot?view=${view}`)
      if (!response.ok) throw new Error(`photograph: ${response.status}`)
      return Buffer.from(await response.arrayBuffer())
    },
  }
  return { world: world as unknown as OutsideWorld, someone: world.someone }
}
