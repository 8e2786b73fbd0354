/** A file that was found damaged and moved out of the way, never deleted. */
export interface SetAsideFile {
  /** Name of the file before. */
  file: string
  /** Where it lies now, relative to the data folder. */
  movedTo: string
}

/** What opening found. Anything but `damaged` lost nothing that was ever answered. */
export type OpeningReport = OpeningFacts &
  (
    | { state: 'created' }
    | { state: 'clean' }
    /** The last write never finished, so it was never answered; it was cut. */
    | { state: 'tornTailCut'; cutBytes: number }
    /** Content was damaged after it had been written. `lostFrames` transactions are gone; 0 when a copy made up for it. */
    | { state: 'damaged'; setAside: SetAsideFile[]; salvagedFrames: number; lostFrames: number }
  )

export interface OpeningFacts {
  /** Generation of the snapshot the store was opened from; 0 before the first one. */
  generation: number
  /** Journal frames applied on top of it. */
  framesReplayed: number
  /** Highest migration applied. */
  schemaVersion: number
}

/** Result of reading everything back. `ok` only if no problem was found. */
export interface VerifyReport {
  ok: boolean
  generation: number
  files: number
  frames: number
  /** Technical findings, one line each, without content of the store. */
  problems: string[]
}
