/** Whether a confidence of 80 % is right eight times out of ten. Pure. */

/** Bins of equal width between 0 and 1, as Guo et al. 2017 (On calibration of modern neural networks) take them. */
export const CALIBRATION_BINS = 15;

/** Confidences (from excluded, to included; 0 is in the first). */
export interface ReliabilityBin {
  from: number;
  to: number;
  pixels: number;
  /** Mean confidence and share right; null where the bin is empty. */
  confidence: number | null;
  accuracy: number | null;
}

export interface Calibration {
  pixels: number;
  meanConfidence: number;
  accuracy: number;
  /** Expected calibration error: mean over pixels of |share right − mean confidence| of their bin. */
  expectedError: number;
  /** The largest such gap among bins that hold at least 1 % of the pixels. */
  maxError: number;
  bins: ReliabilityBin[];
}

/**
 * Reliability of confidences kept as uint8. `counts[2 × value]`: pixels of that confidence that are wrong, `+ 1`: right.
 * Undefined where there is no pixel.
 */
export function calibrationOf(counts: ArrayLike<number>): Calibration | undefined {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ pixels: 0, right: 0, confidence: 0 }));
  for (let value = 0; value < 256; value++) {
    const [wrong, right] = [counts[2 * value]!, counts[2 * value + 1]!];
    const bin = bins[Math.max(Math.ceil((value * CALIBRATION_BINS) / 255) - 1, 0)]!;
    bin.pixels += wrong + right;
    bin.right += right;
    bin.confidence += (value / 255) * (wrong + right);
  }
  const total = bins.reduce((all, bin) => ({
    pixels: all.pixels + bin.pixels,
    right: all.right + bin.right,
    confidence: all.confidence + bin.confidence,
  }));
  if (total.pixels === 0) return undefined;
  const gap = (bin: (typeof bins)[number]) => Math.abs(bin.right - bin.confidence);
  const weighty = bins.filter(({ pixels }) => pixels >= total.pixels / 100);
  return {
    pixels: total.pixels,
    meanConfidence: total.confidence / total.pixels,
    accuracy: total.right / total.pixels,
    expectedError: bins.reduce((all, bin) => all + gap(bin), 0) / total.pixels,
    maxError: Math.max(...weighty.map((bin) => gap(bin) / bin.pixels)),
    bins: bins.map(({ pixels, right, confidence }, index) => ({
      from: index / CALIBRATION_BINS,
      to: (index + 1) / CALIBRATION_BINS,
      pixels,
      confidence: pixels === 0 ? null : confidence / pixels,
      accuracy: pixels === 0 ? null : right / pixels,
    })),
  };
}
