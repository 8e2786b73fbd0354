/** A person of the try-out world as its directory tells of them. */
export interface Person {
  msisdn: string
  province: string
  carrier: string
  person: {
    name: string
    identificationType: string
    identificationId: string
    issuingAuthority: string
    validFrom: string
    validTo: string | null
  }
  servicePassword: string
  oftenCalledNumbers: string[]
}

/** People of a scenario whose lines are still in use. Throws when the directory has none. */
export async function peopleOf(directory: string, scenario: string, count = 1): Promise<Person[]> {
  const answer = await fetch(`${directory}/directory.json?scenario=${scenario}&limit=${count + 5}`)
  const people = ((await answer.json()) as (Person & { available: boolean })[]).filter((person) => person.available)
  if (people.length < count) throw new Error(`the directory has no ${count} people for ${scenario}`)
  return people.slice(0, count)
}
