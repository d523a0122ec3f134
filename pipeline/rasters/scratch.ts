/** Planes that were used and may be again: megabytes given back and taken anew at every window cost more than what is done in them. */
export class Scratch {
  private readonly free: Float32Array[] = [];

  /** A plane of `length` values, whatever they are. */
  take(length: number): Float32Array {
    const at = this.free.findIndex((plane) => plane.length === length);
    return at < 0 ? new Float32Array(length) : this.free.splice(at, 1)[0]!;
  }

  /** Gives planes back that nobody looks at any more. */
  give(planes: Float32Array[]): void {
    this.free.push(...planes);
    while (this.free.length > KEPT) this.free.shift();
  }
}

/** A few windows of a few bands. */
const KEPT = 24;
