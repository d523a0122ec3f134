/**
 * The plan of a landscape: what lies where, at which date, in the order it is painted; and what a mapping agency would have
 * drawn of it. Everything passes through one smooth bend of the plane, so that straight plans give winding roads; houses and
 * halls keep their right angles.
 */
import { dress, type Look, PLAIN_LOOK } from './looks.ts';
import { densify, distanceM, type Point, type Ring, rectangle } from './plane.ts';
import type { Random } from './random.ts';
import type { Style } from './styles.ts';

/** Dates an object is there: bit 0 the first, bit 1 the second. */
export const FIRST = 1;
export const SECOND = 2;
export const BOTH = 3;
export type Dates = 1 | 2 | 3;

export type Shape =
  | { kind: 'area'; ring: Ring }
  | { kind: 'line'; points: Point[]; widthM: number }
  | { kind: 'disc'; centre: Point; radiusM: number };

export interface Brush {
  shape: Shape;
  style: Style;
  dates: Dates;
  /** For roofs: middle of the ridge, its direction, half the width across. */
  roof?: { centre: Point; angle: number; halfWidthM: number };
  /** Trees hide what is lower and nothing else; the rest is painted in order. */
  over?: boolean;
}

/** Layers of references, named as the files written. */
export type ReferenceLayer =
  | 'troncon_de_route'
  | 'troncon_de_voie_ferree'
  | 'surface_hydrographique'
  | 'batiment'
  | 'zone_d_activite_ou_d_interet'
  | 'aerodrome'
  | 'rpg'
  | 'bd_foret';

export interface Reference {
  layer: ReferenceLayer;
  type: 'LineString' | 'Polygon';
  points: Point[];
  /** For a polygon that is a band along `points`: its width. */
  bandM?: number;
  properties: Record<string, string | number>;
  dates: Dates;
}

export const CHANGES = ['houses', 'road', 'pond', 'felling', 'abandoned'] as const;
export type ChangeKind = (typeof CHANGES)[number];

export interface Plan {
  brushes: Brush[];
  references: Reference[];
  /** Where the ground really changed between the dates, and how. */
  changes: { kind: ChangeKind; ring: Ring }[];
}

const STEP_M = 8;

/** Collects a plan; parts of the landscape draw on it. */
export class Canvas implements Plan {
  readonly brushes: Brush[] = [];
  readonly references: Reference[] = [];
  readonly changes: { kind: ChangeKind; ring: Ring }[] = [];
  /** How what is drawn here looks. */
  readonly look: Look;
  readonly #waves: { kx: number; ky: number; phase: number; dx: number; dy: number }[];

  constructor(random: Random, look: Look = PLAIN_LOOK) {
    this.look = look;
    this.#waves = Array.from({ length: 4 }, (_, i) => {
      const wave = random.child(`wave ${i}`);
      const turn = wave.range(0, 2 * Math.PI);
      const length = wave.range(230, 620);
      const amplitude = length * wave.range(0.006, 0.015);
      const to = wave.range(0, 2 * Math.PI);
      return {
        kx: (2 * Math.PI * Math.cos(turn)) / length,
        ky: (2 * Math.PI * Math.sin(turn)) / length,
        phase: wave.range(0, 2 * Math.PI),
        dx: amplitude * Math.cos(to),
        dy: amplitude * Math.sin(to),
      };
    });
  }

  /** Where a point of the straight plan lies. */
  bend([x, y]: Point): Point {
    let [bx, by] = [x, y];
    for (const wave of this.#waves) {
      const s = Math.sin(wave.kx * x + wave.ky * y + wave.phase);
      bx += wave.dx * s;
      by += wave.dy * s;
    }
    return [bx, by];
  }

  bentRing = (ring: Ring): Ring => densify(ring, STEP_M, true).map((point) => this.bend(point));
  bentLine = (points: Point[]): Point[] => densify(points, STEP_M, false).map((point) => this.bend(point));

  #add(brush: Brush): void {
    this.brushes.push({ ...brush, style: dress(this.look, brush.style) });
  }

  area(ring: Ring, style: Style, dates: Dates = BOTH): void {
    if (ring.length > 2) this.#add({ shape: { kind: 'area', ring: this.bentRing(ring) }, style, dates });
  }

  line(points: Point[], widthM: number, style: Style, dates: Dates = BOTH): void {
    this.#add({ shape: { kind: 'line', points: this.bentLine(points), widthM }, style, dates });
  }

  /** A tree or a round thing: only its centre is bent. */
  disc(centre: Point, radiusM: number, style: Style, dates: Dates = BOTH): void {
    const shape: Shape = { kind: 'disc', centre: this.bend(centre), radiusM };
    this.#add({ shape, style, dates, over: style.relief === 'dome' || style.relief === 'cone' });
  }

  /** A rigid rectangle, turned as the plan is where it stands; gives the ring as it lies. */
  block(centre: Point, angle: number, lengthM: number, widthM: number, style: Style, dates: Dates = BOTH): Ring {
    const [middle, turned] = [this.bend(centre), this.bentAngle(centre, angle)];
    const ring = rectangle(middle, turned, lengthM, widthM);
    const roof = { centre: middle, angle: turned, halfWidthM: widthM / 2 };
    this.#add({ shape: { kind: 'area', ring }, style, dates, roof });
    return ring;
  }

  /** The direction `angle` of the straight plan takes at a point. */
  bentAngle(at: Point, angle: number): number {
    const from = this.bend(at);
    const to = this.bend([at[0] + Math.cos(angle), at[1] + Math.sin(angle)]);
    return Math.atan2(to[1] - from[1], to[0] - from[0]);
  }

  /** A reference whose points are bent already. */
  refer(layer: ReferenceLayer, points: Point[], properties: Reference['properties'], dates: Dates = BOTH): void {
    const type = layer.startsWith('troncon') ? 'LineString' : 'Polygon';
    this.references.push({ layer, type, points, properties, dates });
  }

  /** The band `bandM` wide along a line whose points are bent already, as the banks of a river are drawn. */
  referBand(layer: ReferenceLayer, points: Point[], bandM: number, properties: Reference['properties']): void {
    this.references.push({ layer, type: 'Polygon', points, bandM, properties, dates: BOTH });
  }

  /** A road, track or street: its brush and its reference. */
  road(points: Point[], widthM: number, style: Style, nature: string, importance: string, dates: Dates = BOTH): void {
    if (points.length < 2 || distanceM(points[0]!, points.at(-1)!) < 1) return;
    this.line(points, widthM, style, dates);
    this.refer('troncon_de_route', this.bentLine(points), { nature, importance, largeur: round(widthM) }, dates);
  }

  building(ring: Ring, usage: string, nature: string, dates: Dates = BOTH): void {
    this.refer('batiment', ring, { usage_1: usage, nature }, dates);
  }

  change(kind: ChangeKind, ring: Ring): void {
    this.changes.push({ kind, ring: this.bentRing(ring) });
  }
}

const round = (value: number) => Math.round(value * 10) / 10;
