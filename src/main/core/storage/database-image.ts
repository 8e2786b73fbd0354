/** The room a database gets to grow into: half its size, this much at least. Memory that is never touched costs nothing. */
const leastRoom = 8 * 1024 * 1024

/**
 * The bytes of a database file, to be filled and then opened once. sql.js takes what it is given with `slice`, and when
 * the file outgrows that, it copies the whole of it, which stops the thread for as long as that takes. So `slice` hands
 * over the block itself, with room behind the file: nothing is copied at opening, and hardly ever later.
 */
export class DatabaseImage extends Uint8Array<ArrayBuffer> {
  constructor(length: number) {
    super(new ArrayBuffer(length + Math.max(leastRoom, Math.floor(length / 2))), 0, length)
  }

  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array
  }

  override slice(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer)
  }
}
