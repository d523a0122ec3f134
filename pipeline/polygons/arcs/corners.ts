/** The corners of pixels: which border edges leave each, as bits. Corner (x, y) lies at the upper left of pixel (x, y). Pure. */

/** Directions of travel, clockwise on a north-up image. */
export const EAST = 0;
export const SOUTH = 1;
export const WEST = 2;
export const NORTH = 3;

export const opposite = (direction: number) => (direction + 2) & 3;

/** By the four edge bits of a corner (bit d: a border leaves in direction d): how many borders meet there. */
export const DEGREE = Uint8Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((d) => bits & (1 << d)).length);

/** By `bits << 2 | direction of arrival`, for corners of degree 2: the direction in which the border goes on. */
export const ONWARD = Uint8Array.from({ length: 64 }, (_, key) => {
  const others = (key >> 2) & ~(1 << opposite(key & 3));
  return others === 0 ? 0 : 31 - Math.clz32(others);
});
