/** What PostgreSQL says when its disk is full. */
const diskFull = '53100'

/** How long a refusal for want of room is believed; then the next write shows whether there is some again. */
const believedMs = 10_000

/** Whether the database has had no room lately, as far as this process was told by what it wanted to write. */
export interface RoomWatch {
  /** Takes the code of an error of the database. */
  note(code: string | undefined): void
  /** Jobs or papers were written: there is room. */
  wrote(): void
  isFull(): boolean
}

/** Creates the watch. `monotonic` is in milliseconds. Nothing can be asked beforehand: small writes still go where large ones do not. */
export function createRoomWatch(monotonic: () => number = () => performance.now()): RoomWatch {
  let fullAt = Number.NEGATIVE_INFINITY
  return {
    note(code) {
      if (code === diskFull) fullAt = monotonic()
    },
    wrote() {
      fullAt = Number.NEGATIVE_INFINITY
    },
    isFull: () => monotonic() - fullAt < believedMs,
  }
}
