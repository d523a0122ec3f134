/** Text of many numbers, written byte by byte: an order of magnitude faster than joining strings. Pure. */

/** Characters of JSON's lists. */
export const [OPEN, CLOSE, COMMA] = [0x5b, 0x5d, 0x2c];
const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
/** Bytes that one number takes at most. */
const NUMBER_BYTES = 24;

export class TextBytes {
  private bytes = Buffer.allocUnsafe(1 << 16);
  private length = 0;

  /** One ASCII character. */
  character(code: number): void {
    this.reserve(1);
    this.bytes[this.length++] = code;
  }

  /** Two numbers of thousandths as `[x,y]`. */
  pair(x: number, y: number): void {
    this.reserve(2 * NUMBER_BYTES + 3);
    this.bytes[this.length++] = OPEN;
    this.digits(x);
    this.bytes[this.length++] = COMMA;
    this.digits(y);
    this.bytes[this.length++] = CLOSE;
  }

  /** A whole number of thousandths, in units, as JSON writes it: no more decimals than there are. Exact up to 2³¹ units. */
  thousandths(value: number): void {
    this.reserve(NUMBER_BYTES);
    this.digits(value);
  }

  /** Bytes so far. */
  get size(): number {
    return this.length;
  }

  /** The text so far, in ASCII; what is written next begins a new one, in the same place. */
  take(): Uint8Array {
    const text = this.bytes.subarray(0, this.length);
    this.length = 0;
    return text;
  }

  private digits(value: number): void {
    const { bytes } = this;
    let rest = value;
    if (rest < 0) {
      bytes[this.length++] = MINUS;
      rest = -rest;
    }
    let whole = Math.floor(rest / 1000);
    const decimals = rest - 1000 * whole;
    let digits = 1;
    for (let limit = 10; whole >= limit; limit *= 10) digits++;
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const tenth = (whole / 10) | 0;
      bytes[at] = ZERO + whole - 10 * tenth;
      whole = tenth;
    }
    this.length += digits;
    if (decimals !== 0) this.decimals(decimals);
  }

  private decimals(thousandths: number): void {
    const { bytes } = this;
    const hundredths = Math.floor(thousandths / 10);
    const tenths = Math.floor(thousandths / 100);
    bytes[this.length++] = POINT;
    bytes[this.length++] = ZERO + tenths;
    if (thousandths === 100 * tenths) return;
    bytes[this.length++] = ZERO + hundredths - 10 * tenths;
    if (thousandths === 10 * hundredths) return;
    bytes[this.length++] = ZERO + thousandths - 10 * hundredths;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * this.bytes.length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
