/** Counts of what becomes of the references of the ossature. */
import type { Position } from 'geojson';
import { boxesMeet, isWithinBox } from '../../boxes.ts';
import { clipRing } from '../../clip-ring.ts';
import { evenOddM2 } from '../../even-odd-area.ts';
import type { BboxLocal } from '../../grid.ts';
import type { OssatureKind } from '../../references/ossature-widths.ts';
import type { ReadingNotes } from '../../references/reference-feature.ts';
import { polygonsOf } from '../../rings.ts';
import { clippedLine } from './clip-line.ts';
import type { HiddenPlace } from './hidden-places.ts';
import type { OssatureOptions } from './ossature.ts';
import { lengthM, type OssatureLine } from './ossature-network.ts';
import { type OssatureSurface, surfaceM2 } from './ossature-water.ts';

/** Segments or surfaces counted: a segment once, however many lines it has. */
export interface Tally {
  count: number;
  /** Of axes; 0 of surfaces. */
  lengthM: number;
  /** Of surfaces. */
  areaM2?: number;
}

/** What was made of the references on the run's ground, the rectangle of its grid: of lines and surfaces what lies in it. */
export interface OssatureReport {
  parameters: Required<OssatureOptions>;
  layers: ({ file: string; layer: string } & ReadingNotes)[];
  /** By kind, lines and surfaces of the ossature, closed gaps and kept stretches among them. */
  kept: Record<string, Tally>;
  /** By reason: `road underground`, `rail floating`… */
  dropped: Record<string, Tally>;
  /** By kind, gaps that were closed. */
  connected: Record<string, Tally>;
  /** By kind, narrow stretches kept since they alone join two pieces. */
  links: Record<string, Tally>;
  /** Where a network goes on below the ground. */
  tunnelEnds: [x: number, y: number][];
  /** Where a network goes on below another, by kind. */
  hidden: Partial<Record<OssatureKind, [x: number, y: number][]>>;
  /** By kind and where the widths come from: `road width`, `road lanes`, `road table`, `road default`. */
  widths: Record<string, Tally>;
}

type Counts = 'kept' | 'dropped' | 'connected' | 'links' | 'widths';

export class OssatureTally {
  readonly report: OssatureReport;
  private readonly ground: BboxLocal;
  /** By entry, the segment counted last: lines of a segment come one after the other. */
  private readonly last = new Map<string, number>();

  constructor(parameters: Required<OssatureOptions>, ground: BboxLocal) {
    this.report = {
      parameters,
      layers: [],
      tunnelEnds: [],
      hidden: {},
      kept: {},
      dropped: {},
      connected: {},
      links: {},
      widths: {},
    };
    this.ground = ground;
  }

  line(counts: Counts, what: string, line: OssatureLine): void {
    const inside = this.lengthInsideM(line);
    if (inside === 0) return;
    const { count, lengthM: sum } = this.report[counts][what] ?? { count: 0, lengthM: 0 };
    const entry = `${counts} ${what}`;
    const isNew = line.segment === undefined || this.last.get(entry) !== line.segment;
    if (line.segment !== undefined) this.last.set(entry, line.segment);
    this.report[counts][what] = { count: count + (isNew ? 1 : 0), lengthM: sum + inside };
  }

  private lengthInsideM({ points }: OssatureLine): number {
    return clippedLine(points, this.ground).reduce((sum, stretch) => sum + lengthM({ points: stretch }), 0);
  }

  tunnelEnd([x, y]: Position): void {
    if (this.holds(x!, y!)) this.report.tunnelEnds.push([x!, y!]);
  }

  hiddenPlace({ kind, at: [x, y] }: HiddenPlace): void {
    this.report.hidden[kind] ??= [];
    if (this.holds(x!, y!)) this.report.hidden[kind].push([x!, y!]);
  }

  private holds(x: number, y: number): boolean {
    return boxesMeet([x, y, x, y], this.ground);
  }

  surface(counts: Counts, what: string, surface: OssatureSurface): void {
    const inside = this.areaInsideM2(surface);
    if (inside === 0) return;
    const { count, areaM2 = 0 } = this.report[counts][what] ?? { count: 0 };
    this.report[counts][what] = { count: count + 1, lengthM: 0, areaM2: areaM2 + inside };
  }

  private areaInsideM2(surface: OssatureSurface): number {
    if (isWithinBox(surface.bbox, this.ground)) return surfaceM2(surface);
    if (!boxesMeet(surface.bbox, this.ground)) return 0;
    const cut = (rings: Position[][]) => rings.map((ring) => clipRing(ring, this.ground));
    return polygonsOf(surface.geometry).reduce((sum, rings) => sum + evenOddM2(cut(rings)), 0);
  }
}
