/** Tables of a FlatBuffer (flatbuffers.dev/internals): what FlatGeobuf is made of. Reads past the end throw RangeError. Pure. */

export class FlatTable {
  private readonly bytes: Buffer;
  private readonly at: number;
  private readonly vtable: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
    this.vtable = at - bytes.readInt32LE(at);
  }

  /** The table a buffer begins with. */
  static root(bytes: Buffer): FlatTable {
    return new FlatTable(bytes, bytes.readUInt32LE(0));
  }

  byte(field: number, absent = 0): number {
    const at = this.field(field);
    return at === 0 ? absent : this.bytes.readUInt8(at);
  }

  uint16(field: number, absent = 0): number {
    const at = this.field(field);
    return at === 0 ? absent : this.bytes.readUInt16LE(at);
  }

  int32(field: number, absent = 0): number {
    const at = this.field(field);
    return at === 0 ? absent : this.bytes.readInt32LE(at);
  }

  uint64(field: number): number {
    const at = this.field(field);
    return at === 0 ? 0 : Number(this.bytes.readBigUInt64LE(at));
  }

  text(field: number): string | undefined {
    return this.vector(field, 1)?.toString('utf8');
  }

  table(field: number): FlatTable | undefined {
    const at = this.field(field);
    return at === 0 ? undefined : new FlatTable(this.bytes, at + this.bytes.readUInt32LE(at));
  }

  tables(field: number): FlatTable[] {
    const offsets = this.vector(field, 4);
    if (offsets === undefined) return [];
    const start = offsets.byteOffset - this.bytes.byteOffset;
    return Array.from({ length: offsets.length / 4 }, (_, i) => {
      const at = start + i * 4;
      return new FlatTable(this.bytes, at + this.bytes.readUInt32LE(at));
    });
  }

  /** The bytes of a vector whose elements are `elementBytes` long. */
  vector(field: number, elementBytes: number): Buffer | undefined {
    const at = this.field(field);
    if (at === 0) return undefined;
    const start = at + this.bytes.readUInt32LE(at);
    const end = start + 4 + this.bytes.readUInt32LE(start) * elementBytes;
    if (end > this.bytes.length) throw new RangeError('a vector reaches past the end');
    return this.bytes.subarray(start + 4, end);
  }

  private field(field: number): number {
    const entry = 4 + field * 2;
    if (entry >= this.bytes.readUInt16LE(this.vtable)) return 0;
    const offset = this.bytes.readUInt16LE(this.vtable + entry);
    return offset === 0 ? 0 : this.at + offset;
  }
}
