import type { Transport, TransportAnswer } from '../../../src/main/core/ports.ts'

/** How often batches of one counter were on their way together, and what became of them. */
export interface FlightCounts {
  /** A batch set out while another was on its way. */
  together: number
  /** Of two the first was lost, or its answer, and the second was answered by the service. */
  firstLost: number
  /** The machine stopped while two were on their way. */
  cutOff: number
  /** The service was told what it may have forgotten while two were on their way. */
  reconciled: number
}

/** Watches a counter's line from the counter's end, where it is known what is being waited for. */
export interface FlightWatch {
  transport: Transport
  /** The machine has stopped: nothing is waited for any more. */
  stopped(): void
  readonly counts: Readonly<FlightCounts>
}

interface Flight {
  /** Those that set out while this one was on its way. */
  followers: Flight[]
  fate: 'open' | 'answered' | 'lost' | 'refused'
}

function fateOf(answer: TransportAnswer): Flight['fate'] {
  if (!answer.ok) return 'lost'
  return answer.status === 200 ? 'answered' : 'refused'
}

/** Puts a watch before a line. What passes is neither changed nor held up. */
export function watchFlights(line: Transport): FlightWatch {
  const counts: FlightCounts = { together: 0, firstLost: 0, cutOff: 0, reconciled: 0 }
  /** Since there was none on its way the last time. */
  let flights: Flight[] = []
  const open = () => flights.filter(({ fate }) => fate === 'open')

  function landed(flight: Flight, answer: TransportAnswer) {
    if (!flights.includes(flight)) return
    flight.fate = fateOf(answer)
    if (open().length > 0) return
    counts.firstLost += flights.filter(
      ({ fate, followers }) => fate === 'lost' && followers.some((one) => one.fate === 'answered'),
    ).length
    flights = []
  }

  return {
    counts,
    transport: {
      baseUrl: line.baseUrl,
      request(request) {
        const answer = line.request(request)
        if (request.path === '/v1/devices/current/reconciliation' && open().length > 1) counts.reconciled += 1
        if (request.path !== '/v1/jobs') return answer
        const flight: Flight = { followers: [], fate: 'open' }
        if (open().length > 0) counts.together += 1
        for (const ahead of open()) ahead.followers.push(flight)
        flights.push(flight)
        void answer.then((came) => landed(flight, came))
        return answer
      },
    },
    stopped() {
      if (open().length > 1) counts.cutOff += 1
      flights = []
    },
  }
}
