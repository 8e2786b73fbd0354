import type { FollowOutcome } from '../service-client/follow-changes.ts'

/** Questions before a stream is tried again where it did not get through; doubled each time, up to the most. */
const firstPolls = 15
const mostPolls = 240
/** Streams in a row that may break off early, or not be had at all, before it is asked whether something on the way is to blame. */
const mostBroken = 3
const mostRefused = 2

/**
 * Which way changes come: by a stream, or by asking again and again where something on the way spoils streams. Counted in questions and
 * not in time: clocks of counters are put forward and back.
 */
export interface FeedWay {
  streams(): boolean
  /** The next question is there to find out whether the line or only the stream is broken, and must not be held open. */
  probes(): boolean
  /** A question was answered, or not. */
  polled(answered: boolean): void
  /** A stream is over. Returns true when its failing says nothing yet and asking shows more. */
  streamed(outcome: FollowOutcome): void
}

/** Creates the way; `canStream` is false on lines that carry whole answers only. `changed` is told when the way becomes another. */
export function createFeedWay(canStream: boolean, changed: (way: 'stream' | 'poll') => void): FeedWay {
  let polls = firstPolls
  let pollsLeft = 0
  let suspected = false
  let broken = 0
  let refused = 0

  function pollOn(count: number) {
    if (pollsLeft === 0) changed('poll')
    pollsLeft = count
  }

  return {
    streams: () => canStream && pollsLeft === 0 && !suspected,
    probes: () => suspected,
    polled(answered) {
      if (suspected) {
        suspected = false
        broken = 0
        refused = 0
        // The line is dead altogether: no reason to think badly of streams.
        if (!answered) return
        pollOn(polls)
        polls = Math.min(polls * 2, mostPolls)
        return
      }
      if (!answered || pollsLeft === 0) return
      pollsLeft -= 1
      if (pollsLeft === 0) changed('stream')
    },
    streamed(outcome) {
      switch (outcome.kind) {
        case 'over':
          // Somebody else holds this counter's key and would be thrown out in turn.
          if (outcome.reason === 'replaced') return pollOn(firstPolls)
          if (outcome.aged || outcome.reason !== undefined) {
            polls = firstPolls
            broken = 0
            refused = 0
            return
          }
          broken += 1
          suspected = broken >= mostBroken
          return
        case 'busy':
          return pollOn(firstPolls)
        case 'unheard':
        case 'broken':
        case 'refused':
          suspected = true
          return
        case 'offline':
          refused += 1
          suspected = refused >= mostRefused
          return
        case 'aborted':
        case 'signInNeeded':
          return
      }
    },
  }
}
