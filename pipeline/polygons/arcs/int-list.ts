/** Whole numbers that grow in place: what tracing appends millions of times. */
export class IntList {
  length = 0;
  private values = new Int32Array(1 << 12);

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  /** What was pushed so far; a view, valid until the next push. */
  view(): Int32Array {
    return this.values.subarray(0, this.length);
  }
}
