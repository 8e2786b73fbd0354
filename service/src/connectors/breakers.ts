import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult, isBrokenCircuitError } from 'cockatiel'

/** What an operator reads of one outside system. */
export interface BreakerView {
  target: string
  /** `closed`: asked normally. `open`: not asked for a while, because it did not answer. `halfOpen`: being tried with one call. */
  state: 'closed' | 'open' | 'halfOpen'
}

export interface Breakers {
  /**
   * Makes the call unless the system has failed so often in a row that it is given a rest: then `undefined` comes back at once,
   * without a wait for its deadline. After the rest one call tries it again.
   */
  through<T extends { outcome: string }>(target: string, call: () => Promise<T>): Promise<T | undefined>
  /** Every system that has been asked since the start. */
  view(): BreakerView[]
}

export interface BreakerSettings {
  /** Failures in a row after which a system is given a rest. */
  failures: number
  restMs: number
}

const names: Record<CircuitState, BreakerView['state']> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'halfOpen',
  [CircuitState.Isolated]: 'open',
}

/** A circuit breaker per outside system. Its state is this process's own: each process finds out for itself, within a few calls. */
export function createBreakers(settings: BreakerSettings): Breakers {
  const breakerFor = () =>
    circuitBreaker(
      handleWhenResult((answer) => (answer as { outcome: string }).outcome === 'unavailable'),
      { halfOpenAfter: settings.restMs, breaker: new ConsecutiveBreaker(settings.failures) },
    )
  const breakers = new Map<string, ReturnType<typeof breakerFor>>()
  return {
    async through(target, call) {
      const breaker = breakers.get(target) ?? breakerFor()
      breakers.set(target, breaker)
      try {
        return await breaker.execute(call)
      } catch (error) {
        if (isBrokenCircuitError(error)) return undefined
        throw error
      }
    },
    view: () => [...breakers].map(([target, breaker]) => ({ target, state: names[breaker.state] })),
  }
}
