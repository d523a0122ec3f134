/** Any geometry of a GeoPackage (OGC 12-128r18, clause 2.1.3; ISO WKB) as GeoJSON of two dimensions. Pure. */
import type { Geometry, Position } from 'geojson';
import { BadGeometry, fromBlob, geometryType } from './gpkg-geometry.ts';

/** Throws `BadGeometry` for an empty geometry, curves and missing bytes; rings and numbers are not looked at. */
export const geometryOfBlob = (blob: Uint8Array): Geometry =>
  fromBlob(blob, (bytes, at) => new WkbReader(bytes, at).geometry());

class WkbReader {
  private readonly bytes: Buffer;
  private at: number;
  private little = true;
  /** Numbers of a position: two, and one each for Z and M. */
  private dimensions = 2;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  geometry(): Geometry {
    this.little = this.bytes.readUInt8(this.at++) === 1;
    const code = this.uint32();
    const { type, dimensions } = geometryType(code);
    this.dimensions = dimensions;
    if (type === 1) return { type: 'Point', coordinates: this.position() };
    if (type === 2) return { type: 'LineString', coordinates: this.positions() };
    if (type === 3) return { type: 'Polygon', coordinates: this.rings() };
    if (type < 1 || type > 7) throw new BadGeometry(`geometry type ${code}`);
    return collected(
      type,
      this.list(() => this.geometry()),
    );
  }

  private rings(): Position[][] {
    return this.list(() => this.positions());
  }

  private positions(): Position[] {
    return this.list(() => this.position());
  }

  private list<Item>(read: () => Item): Item[] {
    const count = this.uint32();
    if (count > this.bytes.length - this.at) throw new RangeError('more parts than bytes');
    return Array.from({ length: count }, read);
  }

  private position(): Position {
    const at = this.at;
    this.at += this.dimensions * 8;
    return this.little
      ? [this.bytes.readDoubleLE(at), this.bytes.readDoubleLE(at + 8)]
      : [this.bytes.readDoubleBE(at), this.bytes.readDoubleBE(at + 8)];
  }

  private uint32(): number {
    this.at += 4;
    return this.little ? this.bytes.readUInt32LE(this.at - 4) : this.bytes.readUInt32BE(this.at - 4);
  }
}

function collected(type: number, parts: Geometry[]): Geometry {
  const wanted = ({ 4: 'Point', 5: 'LineString', 6: 'Polygon' } as Record<number, string>)[type];
  if (wanted === undefined) return { type: 'GeometryCollection', geometries: parts };
  const coordinates = parts.map((part) => {
    if (part.type !== wanted) throw new BadGeometry(`a ${part.type} in a Multi${wanted}`);
    return (part as Extract<Geometry, { coordinates: unknown }>).coordinates;
  });
  return { type: `Multi${wanted}`, coordinates } as Geometry;
}
