/** The plan painted on pixels: which object each pixel shows and how high its top stands above the ground. */

import type { Brush, Dates } from './plan.ts';
import type { Point, Ring } from './plane.ts';
import { hashCell } from './random.ts';
import type { Style } from './styles.ts';

/** A window of the plane: pixel (c, r) is centred at originM + (colPx + c + ½, rowPx + r + ½) × resolutionM. */
export interface Frame {
  originXM: number;
  originYM: number;
  resolutionM: number;
  colPx: number;
  rowPx: number;
  widthPx: number;
  heightPx: number;
}

export interface Painted extends Frame {
  /** Index of the brush each pixel shows. */
  object: Uint32Array;
  /** Metres above the ground. */
  height: Float32Array;
}

/** Height above ground at a point of the plane. */
type Profile = (x: number, y: number) => number;

/** Paints what is there at a date; a later brush hides an earlier one, a tree what is lower than it. Pure. */
export function paint(brushes: Brush[], date: Dates, frame: Frame): Painted {
  const size = frame.widthPx * frame.heightPx;
  const painted: Painted = { ...frame, object: new Uint32Array(size), height: new Float32Array(size) };
  brushes.forEach((brush, index) => {
    if ((brush.dates & date) === 0) return;
    const { shape } = brush;
    const profile = profileOf(brush);
    const fill = brush.over ? fillOver(painted, index, profile) : fillPlain(painted, index, profile);
    if (shape.kind === 'area') spansOfRing(frame, shape.ring, fill);
    else if (shape.kind === 'disc') spansOfDisc(frame, shape.centre, shape.radiusM, fill);
    else spansOfLine(frame, shape.points, shape.widthM, fill);
  });
  return painted;
}

/** Pixels [from, to) of a row. */
type Fill = (row: number, from: number, to: number) => void;

function fillPlain(painted: Painted, index: number, profile: Profile | number): Fill {
  const { object, height, widthPx } = painted;
  return (row, from, to) => {
    const start = row * widthPx;
    object.fill(index, start + from, start + to);
    if (typeof profile === 'number') {
      height.fill(profile, start + from, start + to);
      return;
    }
    const y = groundY(painted, row);
    for (let col = from; col < to; col++) height[start + col] = profile(groundX(painted, col), y);
  };
}

function fillOver(painted: Painted, index: number, profile: Profile | number): Fill {
  const { object, height, widthPx } = painted;
  return (row, from, to) => {
    const y = groundY(painted, row);
    for (let col = from; col < to; col++) {
      const h = typeof profile === 'number' ? profile : profile(groundX(painted, col), y);
      const at = row * widthPx + col;
      if (h <= height[at]!) continue;
      height[at] = h;
      object[at] = index;
    }
  };
}

const groundX = (frame: Frame, col: number) => frame.originXM + (frame.colPx + col + 0.5) * frame.resolutionM;
const groundY = (frame: Frame, row: number) => frame.originYM + (frame.rowPx + row + 0.5) * frame.resolutionM;

/** First pixel whose centre is at or past `x`, kept inside the frame. */
const firstCol = (frame: Frame, x: number) =>
  Math.min(Math.max(Math.ceil((x - frame.originXM) / frame.resolutionM - 0.5) - frame.colPx, 0), frame.widthPx);
const firstRow = (frame: Frame, y: number) =>
  Math.min(Math.max(Math.ceil((y - frame.originYM) / frame.resolutionM - 0.5) - frame.rowPx, 0), frame.heightPx);

function spansOfRing(frame: Frame, ring: Ring, fill: Fill): void {
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [, y] of ring) {
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  const lastRow = firstRow(frame, bottom);
  const crossings: number[] = [];
  for (let row = firstRow(frame, top); row < lastRow; row++) {
    const y = groundY(frame, row);
    crossings.length = 0;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[xi, yi], [xj, yj]] = [ring[i]!, ring[j]!];
      if (yi > y !== yj > y) crossings.push(xi + ((xj - xi) * (y - yi)) / (yj - yi));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const [from, to] = [firstCol(frame, crossings[i]!), firstCol(frame, crossings[i + 1]!)];
      if (to > from) fill(row, from, to);
    }
  }
}

function spansOfDisc(frame: Frame, [cx, cy]: Point, radiusM: number, fill: Fill): void {
  const lastRow = firstRow(frame, cy + radiusM);
  for (let row = firstRow(frame, cy - radiusM); row < lastRow; row++) {
    const half = Math.sqrt(Math.max(radiusM ** 2 - (groundY(frame, row) - cy) ** 2, 0));
    const [from, to] = [firstCol(frame, cx - half), firstCol(frame, cx + half)];
    if (to > from) fill(row, from, to);
  }
}

/** A quadrangle a segment, a disc a joint. */
function spansOfLine(frame: Frame, points: Point[], widthM: number, fill: Fill): void {
  const half = widthM / 2;
  for (let i = 0; i + 1 < points.length; i++) {
    const [[x1, y1], [x2, y2]] = [points[i]!, points[i + 1]!];
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const [nx, ny] = [(-(y2 - y1) / length) * half, ((x2 - x1) / length) * half];
    const quad: Ring = [
      [x1 + nx, y1 + ny],
      [x2 + nx, y2 + ny],
      [x2 - nx, y2 - ny],
      [x1 - nx, y1 - ny],
    ];
    spansOfRing(frame, quad, fill);
    if (i > 0) spansOfDisc(frame, [x1, y1], half, fill);
  }
}

function profileOf(brush: Brush): Profile | number {
  const { style, shape, roof } = brush;
  switch (style.relief) {
    case 'crowns':
      return crowns(style, 1, 'dome');
    case 'pines':
      return crowns(style, 1, 'cone');
    case 'clumps':
      return crowns(style, 0.62, 'dome');
    case 'rows':
      return vineRows(style);
    case 'gable':
      return roof ? gable(style, roof) : style.heightM;
    case 'dome':
    case 'cone':
      return shape.kind === 'disc' ? oneTree(style, shape.centre, shape.radiusM) : style.heightM;
    default:
      return style.heightM;
  }
}

/**
 * Crowns on a jittered grid; `presence` is the share of cells that hold one. Broad domes hide each other's feet, narrow cones
 * leave gaps.
 */
function crowns(style: Style, presence: number, form: 'dome' | 'cone'): Profile {
  const { cellM, jitter, heightM, seed } = style;
  const [cos, sin] = [Math.cos(style.angle), Math.sin(style.angle)];
  const low = presence < 1 ? 0.15 : heightM * 0.25;
  return (x, y) => {
    const [u, v] = [(x * cos + y * sin) / cellM, (y * cos - x * sin) / cellM];
    const [cu, cv] = [Math.floor(u), Math.floor(v)];
    let best = low;
    for (let iv = cv - 1; iv <= cv + 1; iv++) {
      for (let iu = cu - 1; iu <= cu + 1; iu++) {
        const hash = hashCell(iu, iv, seed);
        if (presence < 1 && (hash & 255) > presence * 256) continue;
        const du = u - iu - 0.5 - (((hash >>> 8) & 255) / 255 - 0.5) * jitter;
        const dv = v - iv - 0.5 - (((hash >>> 16) & 255) / 255 - 0.5) * jitter;
        const size = (hash >>> 24) / 255;
        const radius = 0.5 + 0.28 * size;
        const d2 = (du * du + dv * dv) / (radius * radius);
        if (d2 >= 1) continue;
        const top = heightM * (0.7 + 0.45 * size);
        const h = form === 'dome' ? top * (0.45 + 0.55 * Math.sqrt(1 - d2)) : top * (1 - 0.8 * Math.sqrt(d2));
        if (h > best) best = h;
      }
    }
    return best;
  };
}

/** Vines trained in hedges, with plants missing here and there. */
function vineRows(style: Style): Profile {
  const { periodM, duty, heightM, seed } = style;
  const [cos, sin] = [Math.cos(style.angle), Math.sin(style.angle)];
  return (x, y) => {
    const across = (y * cos - x * sin) / periodM;
    const row = Math.floor(across);
    const plant = Math.floor((x * cos + y * sin) / 1.1);
    const hash = hashCell(row, plant, seed);
    if ((hash & 31) === 0) return 0.1;
    const half = (duty / 2) * (0.75 + (0.5 * ((hash >>> 8) & 255)) / 255);
    return Math.abs(across - row - 0.5) < half ? heightM * (0.8 + (0.3 * ((hash >>> 16) & 255)) / 255) : 0.1;
  };
}

/** Eaves at heightM, ridge along the roof's direction; slopes of 18° or so. */
function gable(style: Style, roof: NonNullable<Brush['roof']>): Profile {
  const [cos, sin] = [Math.cos(roof.angle), Math.sin(roof.angle)];
  const [cx, cy] = roof.centre;
  return (x, y) => style.heightM + 0.33 * (roof.halfWidthM - Math.abs((y - cy) * cos - (x - cx) * sin));
}

function oneTree(style: Style, [cx, cy]: Point, radiusM: number): Profile {
  return (x, y) => {
    const d2 = ((x - cx) ** 2 + (y - cy) ** 2) / (radiusM * radiusM);
    if (d2 >= 1) return 0;
    return style.relief === 'dome'
      ? style.heightM * (0.45 + 0.55 * Math.sqrt(1 - d2))
      : style.heightM * (1 - 0.8 * Math.sqrt(d2));
  };
}
